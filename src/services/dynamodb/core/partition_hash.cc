#include "services/dynamodb/core/partition_hash.h"

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/digests.h"

namespace ddblog::dynamodb {
namespace {

constexpr std::size_t kMostPairs = 20;
constexpr char kEndOfNegative = 0x66;

// Our ordered bytes (base/decimal.h) have the same header and the same pairs of digits, but double,
// and mark the last one.
void addNumber(Md5& md5, const Decimal& number) {
  std::string bytes;
  number.appendOrderedBytes(bytes);
  if (number.isZero()) bytes.resize(1);
  for (char& byte : std::span(bytes).subspan(1)) {
    const unsigned char doubled = static_cast<unsigned char>(byte) ^ (number.isNegative() ? 0xff : 0);
    const int pair = doubled / 2;
    byte = static_cast<char>(number.isNegative() ? 101 - pair : pair + 1);
  }
  if (number.isNegative() && bytes.size() - 1 < kMostPairs) bytes.push_back(kEndOfNegative);
  md5.add(bytes);
}

}  // namespace

std::uint64_t partitionHash(std::span<const AttributeValue* const> hash_key) {
  Md5 md5;
  md5.add("Outliers");
  for (const AttributeValue* value : hash_key) {
    if (const Decimal* number = value->getIf<Decimal>()) {
      addNumber(md5, *number);
    } else if (const auto* binary = value->getIf<AttributeValue::Binary>()) {
      md5.add(binary->bytes);
    } else {
      md5.add(value->string());
    }
  }
  const Md5::Digest digest = md5.finish();
  std::string_view bytes = bytesOf(digest);
  return takeNumber<std::uint64_t>(bytes);
}

}  // namespace ddblog::dynamodb
