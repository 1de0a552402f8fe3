#include "item/key_bytes.h"

#include <cassert>

#include "base/bytes.h"

namespace ddblog {

namespace {

const std::string& textOf(const AttributeValue& value) {
  return value.is<std::string>() ? value.string() : value.as<AttributeValue::Binary>().bytes;
}

bool isText(const AttributeValue& value) { return value.is<std::string>() || value.is<AttributeValue::Binary>(); }

}  // namespace

void appendKeyBytes(std::string& out, const AttributeValue& value) {
  if (const Decimal* number = value.getIf<Decimal>()) {
    number->appendOrderedBytes(out);
    return;
  }
  assert(isText(value));
  appendEscaped(out, textOf(value));
  out.append(kEndOfEscaped);
}

void appendKeyPrefixBytes(std::string& out, const AttributeValue& prefix) {
  assert(isText(prefix));
  appendEscaped(out, textOf(prefix));
}

}  // namespace ddblog
