#include "services/streams/shard_iterator.h"

#include "base/api_error.h"
#include "base/base64.h"
#include "base/bytes.h"
#include "base/fnv.h"
#include "services/streams/limits.h"

namespace ddblog::streams {
namespace {

constexpr char kVersion = 1;
constexpr std::size_t kSize = 2 + 4 * 8;

// It detects mangled iterators; it does not protect against forged ones.
std::uint64_t checkSum(std::string_view bytes, std::string_view arn) { return fnv1a(arn, fnv1a(bytes)); }

ApiError invalid() { return validationError("Invalid ShardIterator"); }

}  // namespace

std::string ShardIterator::toText() const {
  std::string bytes(1, kVersion);
  bytes.push_back(from_horizon ? 1 : 0);
  appendNumber(bytes, shard_number);
  appendNumber(bytes, next_sequence);
  appendNumber<std::int64_t>(bytes, made_at.time_since_epoch().count());
  appendNumber(bytes, checkSum(bytes, stream_arn));
  return stream_arn + "|1|" + toBase64(bytes);
}

ShardIterator ShardIterator::parse(std::string_view text, Timestamp now) {
  const std::size_t bar = text.find('|');
  if (bar == std::string_view::npos || text.substr(bar, 3) != "|1|") throw invalid();
  const std::optional<std::string> decoded = fromBase64(text.substr(bar + 3));
  if (!decoded || decoded->size() != kSize || (*decoded)[0] != kVersion) throw invalid();

  ShardIterator iterator;
  iterator.stream_arn = text.substr(0, bar);
  std::string_view bytes = *decoded;
  const std::string_view checked = bytes.substr(0, kSize - 8);
  bytes.remove_prefix(1);
  iterator.from_horizon = takeNumber<std::uint8_t>(bytes) != 0;
  iterator.shard_number = takeNumber<std::uint64_t>(bytes);
  iterator.next_sequence = takeNumber<std::uint64_t>(bytes);
  iterator.made_at = Timestamp(Duration(takeNumber<std::int64_t>(bytes)));
  if (takeNumber<std::uint64_t>(bytes) != checkSum(checked, iterator.stream_arn)) throw invalid();
  if (iterator.made_at + limits::kIteratorAge <= now) {
    throw ApiError("ExpiredIteratorException", "The provided iterator exceeds the maximum age allowed.");
  }
  return iterator;
}

}  // namespace ddblog::streams
