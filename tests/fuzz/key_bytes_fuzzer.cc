// Two keys out of any bytes: their key bytes sort as they do, and numbers come back from theirs.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "base/api_error.h"
#include "check.h"
#include "item/key_bytes.h"

namespace {

using namespace ddblog;

std::string bytesOf(const AttributeValue& value) {
  std::string bytes;
  appendKeyBytes(bytes, value);
  return bytes;
}

std::optional<Decimal> number(std::string_view text) {
  try {
    return Decimal::parse(text);
  } catch (const ApiError&) {
    return std::nullopt;
  }
}

void checkNumbers(const Decimal& one, const Decimal& other) {
  const std::string one_bytes = bytesOf(AttributeValue(one)), other_bytes = bytesOf(AttributeValue(other));
  FUZZ_CHECK((one <=> other) == (one_bytes <=> other_bytes));
  std::string_view in = one_bytes;
  FUZZ_CHECK(Decimal::takeOrderedBytes(in) == one && in.empty());
  FUZZ_CHECK(Decimal::parse(one.toString()) == one);
  try {
    const Decimal sum = one + other;
    FUZZ_CHECK(sum - other == one);
  } catch (const ApiError&) {
    // More digits than a number may have.
  }
}

void checkBytes(std::string_view bytes) {
  std::string_view rest = bytes;
  try {
    const Decimal number = Decimal::takeOrderedBytes(rest);
    std::string again;
    number.appendOrderedBytes(again);
    FUZZ_CHECK(bytes.starts_with(again) && again.size() + rest.size() == bytes.size());
  } catch (const std::runtime_error&) {
    // Not what we write.
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::size_t half = std::min(bytes.find(';'), bytes.size());
  const std::string_view one = bytes.substr(0, half);
  const std::string_view other = bytes.substr(std::min(half + 1, bytes.size()));

  const std::string one_key = bytesOf(AttributeValue(one)), other_key = bytesOf(AttributeValue(other));
  FUZZ_CHECK((one <=> other) == (one_key <=> other_key));
  std::string prefix;
  appendKeyPrefixBytes(prefix, AttributeValue(one));
  FUZZ_CHECK(other_key.starts_with(prefix) == other.starts_with(one));

  const auto one_number = number(one), other_number = number(other);
  if (one_number && other_number) checkNumbers(*one_number, *other_number);
  checkBytes(bytes);
  return 0;
}
