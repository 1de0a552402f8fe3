#include "item/key_bytes.h"

#include <cassert>

namespace ddblog {

namespace {

// Text and binary: 0x00 as 0x00 0xFF, closed by 0x00 0x01, which is less than anything that a longer text goes on with.
void appendEscaped(std::string& out, std::string_view bytes) {
  std::size_t plain = 0;
  for (std::size_t zero = bytes.find('\0'); zero != std::string_view::npos; zero = bytes.find('\0', zero + 1)) {
    out.append(bytes, plain, zero + 1 - plain).push_back('\xFF');
    plain = zero + 1;
  }
  out.append(bytes, plain);
}

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
  out.append("\x00\x01", 2);
}

void appendKeyPrefixBytes(std::string& out, const AttributeValue& prefix) {
  assert(isText(prefix));
  appendEscaped(out, textOf(prefix));
}

}  // namespace ddblog
