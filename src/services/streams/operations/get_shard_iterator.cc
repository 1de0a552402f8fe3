// GetShardIterator: a position in a shard: its oldest record that is not trimmed (TRIM_HORIZON),
// after its newest record (LATEST), at or after a sequence number, or at the first record that is not
// older than a time (AT_TIMESTAMP).
//
// Rejects: broken constraints; a SequenceNumber or a Timestamp that is missing, or that the type does
// not take; a number of another shard; a time in the future (ValidationException); a stream or shard
// that does not exist (ResourceNotFoundException); a position that is trimmed
// (TrimmedDataAccessException).
#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

#include "base/api_error.h"
#include "rpc/operation.h"
#include "services/dynamodb/core/context.h"
#include "services/streams/shard_iterator.h"
#include "services/streams/stream_records.h"

namespace ddblog::streams {
namespace {

class GetShardIterator {
 public:
  GetShardIterator(rpc::RequestReader& request, dynamodb::Context& context);
  std::string run(const Reader& reader) const;

 private:
  void checkPlace(std::string_view member, bool given, bool needed) const;
  std::uint64_t positionOf(const Reader& reader, const dynamodb::StreamDescription& stream,
                           const NumberedShard& shard) const;
  std::uint64_t firstSince(const Reader& reader, const dynamodb::StreamDescription& stream, const NumberedShard& shard,
                           std::uint64_t last) const;

  dynamodb::Context& context_;
  std::string stream_arn_;
  std::string shard_id_;
  std::string type_;
  std::optional<std::string> sequence_number_;
  std::optional<Timestamp> since_;
};

GetShardIterator::GetShardIterator(rpc::RequestReader& request, dynamodb::Context& context) : context_(context) {
  rpc::ObjectReader& fields = request.fields();
  const auto shard = fields.string("ShardId", {.required = true, .min = 28, .max = 65});
  const auto type = fields.string("ShardIteratorType", {.required = true,
                                                        .one_of = {"AFTER_SEQUENCE_NUMBER", "LATEST", "AT_TIMESTAMP",
                                                                   "AT_SEQUENCE_NUMBER", "TRIM_HORIZON"}});
  const auto arn = fields.string("StreamArn", {.required = true, .max = 1024});
  sequence_number_ = fields.string("SequenceNumber", {.min = 21, .max = 40});
  const auto seconds = fields.timestamp("Timestamp");
  request.finish();
  checkStreamArn(*arn);
  stream_arn_ = *arn;
  shard_id_ = *shard;
  type_ = *type;
  checkPlace("SequenceNumber", sequence_number_.has_value(), type_.ends_with("SEQUENCE_NUMBER"));
  checkPlace("Timestamp", seconds.has_value(), type_ == "AT_TIMESTAMP");
  if (!seconds) return;
  // AWS does not publish its words.
  const double now = toEpochSeconds(context.clock.now());
  if (!(*seconds <= now)) {
    throw validationError("One or more parameter values were invalid: Timestamp must not be in the future");
  }
  since_ = Timestamp(Duration(std::llround(std::max(*seconds, 0.0) * 1000)));
}

void GetShardIterator::checkPlace(std::string_view member, bool given, bool needed) const {
  if (given == needed) return;
  const std::string begin = "One or more parameter values were invalid: " + std::string(member);
  if (given) throw validationError(begin + " should not be passed for this iterator type");
  throw validationError(begin + " must be specified when ShardIteratorType is " + type_);
}

std::string GetShardIterator::run(const Reader& reader) const {
  const RunningTime now = context_.clock.runningTime();
  const dynamodb::StreamDescription stream = findStream(reader, stream_arn_, now);
  const std::optional<NumberedShard> shard = findShard(reader, stream.id, shard_id_);
  if (!shard || isGone(*shard, now)) {
    throw resourceNotFound("Requested resource not found: Shard: " + shard_id_ + " in Stream: " + stream_arn_ +
                           " not found");
  }
  ShardIterator iterator;
  iterator.stream_arn = stream_arn_;
  iterator.from_horizon = type_ == "TRIM_HORIZON" || type_ == "AT_TIMESTAMP";
  iterator.shard_number = shard->number;
  iterator.next_sequence = positionOf(reader, stream, *shard);
  iterator.made_at = context_.clock.now();

  std::string out;
  JsonWriter json(out);
  json.beginObject().key("ShardIterator").value(iterator.toText()).endObject();
  return out;
}

std::uint64_t GetShardIterator::positionOf(const Reader& reader, const dynamodb::StreamDescription& stream,
                                           const NumberedShard& shard) const {
  const std::uint64_t last = lastSequence(reader, stream, shard);
  if (type_ == "TRIM_HORIZON") return shard.row.first_sequence;
  if (type_ == "LATEST") return last + 1;
  if (since_) return firstSince(reader, stream, shard, last);
  const std::optional<std::uint64_t> sequence = parseSequenceNumber(*sequence_number_);
  if (!sequence || *sequence < shard.row.first_sequence || *sequence > std::max(last, shard.row.first_sequence)) {
    throw validationError("Invalid SequenceNumber");
  }
  // For an empty shard DescribeStream shows this starting number: its first record is yet to come
  // and must not be skipped.
  if (*sequence > last) return *sequence;
  const std::optional<std::string> record = reader.get(dynamodb::recordKey(stream.id, *sequence));
  if (!record || isTrimmed(dynamodb::decodeChange(*record).added_at, context_.clock.runningTime())) {
    refuseTrimmed();
  }
  return type_ == "AT_SEQUENCE_NUMBER" ? *sequence : *sequence + 1;
}

// Halves the shard's numbers, which have no gaps. A record that is gone is older than one that is there.
std::uint64_t GetShardIterator::firstSince(const Reader& reader, const dynamodb::StreamDescription& stream,
                                           const NumberedShard& shard, std::uint64_t last) const {
  std::uint64_t first = shard.row.first_sequence;
  for (std::uint64_t end = last + 1; first < end;) {
    const std::uint64_t middle = first + (end - first) / 2;
    const std::optional<std::string> record = reader.get(dynamodb::recordKey(stream.id, middle));
    if (!record || dynamodb::decodeChange(*record).created_at < *since_) {
      first = middle + 1;
    } else {
      end = middle;
    }
  }
  return first;
}

}  // namespace

void addGetShardIterator(rpc::JsonApi& api, dynamodb::Context& context) {
  rpc::addRead<GetShardIterator>(api, "GetShardIterator", context);
}

}  // namespace ddblog::streams
