// GetShardIterator: a position in a shard: its oldest record that is not trimmed (TRIM_HORIZON),
// after its newest record (LATEST), or at or after a sequence number.
//
// Rejects: broken constraints; a missing SequenceNumber, one that the type does not take, or one of
// another shard (ValidationException); a stream or shard that does not exist
// (ResourceNotFoundException); a position that is trimmed (TrimmedDataAccessException).
#include <algorithm>
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
  std::uint64_t positionOf(const Reader& reader, const dynamodb::StreamDescription& stream,
                           const NumberedShard& shard) const;

  dynamodb::Context& context_;
  std::string stream_arn_;
  std::string shard_id_;
  std::string type_;
  std::optional<std::string> sequence_number_;
};

GetShardIterator::GetShardIterator(rpc::RequestReader& request, dynamodb::Context& context) : context_(context) {
  rpc::ObjectReader& fields = request.fields();
  const auto shard = fields.string("ShardId", {.required = true, .min = 28, .max = 65});
  const auto type = fields.string(
      "ShardIteratorType",
      {.required = true, .one_of = {"AFTER_SEQUENCE_NUMBER", "LATEST", "AT_SEQUENCE_NUMBER", "TRIM_HORIZON"}});
  const auto arn = fields.string("StreamArn", {.required = true, .max = 1024});
  sequence_number_ = fields.string("SequenceNumber", {.min = 21, .max = 40});
  request.finish();
  checkStreamArn(*arn);
  stream_arn_ = *arn;
  shard_id_ = *shard;
  type_ = *type;
  if (type_.ends_with("SEQUENCE_NUMBER") && !sequence_number_) {
    throw validationError(
        "One or more parameter values were invalid: SequenceNumber must be specified when "
        "ShardIteratorType is " +
        type_);
  }
  if (!type_.ends_with("SEQUENCE_NUMBER") && sequence_number_) {
    throw validationError(
        "One or more parameter values were invalid: SequenceNumber should not be passed for this iterator type");
  }
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
  iterator.from_horizon = type_ == "TRIM_HORIZON";
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

}  // namespace

void addGetShardIterator(rpc::JsonApi& api, dynamodb::Context& context) {
  rpc::addRead<GetShardIterator>(api, "GetShardIterator", context);
}

}  // namespace ddblog::streams
