#include "services/streams/operations/get_records.h"

#include "base/api_error.h"
#include "base/limits.h"

namespace ddblog::streams {

GetRecords::GetRecords(rpc::RequestReader& request, dynamodb::Context& context) : context_(context) {
  constexpr std::int64_t kMost = limits::kStreamRecords;
  rpc::ObjectReader& fields = request.fields();
  const auto limit = fields.integer("Limit", {.min = 1, .max = kMost});
  const auto iterator = fields.string("ShardIterator", {.required = true, .min = 1, .max = 2048});
  request.finish();
  limit_ = static_cast<std::size_t>(limit.value_or(kMost));
  place_ = ShardIterator::parse(*iterator, context.clock.now());
}

std::string GetRecords::run(const Reader& reader) const {
  const Timestamp now = context_.clock.now();
  const dynamodb::StreamDescription stream = findStream(reader, place_.stream_arn, now);
  const std::optional<NumberedShard> shard = findShard(reader, stream.id, place_.shard_number);
  if (!shard || isGone(*shard, now)) refuseTrimmed();
  checkPlace(reader, stream, *shard, now);

  ShardIterator next = place_;
  next.made_at = now;
  const std::string_view region = regionOf(stream.arn);
  std::string out;
  JsonWriter json(out);
  json.beginObject().key("Records").beginArray();
  std::size_t count = 0;
  bool full = false;
  visitRecords(reader, stream, *shard, place_.next_sequence, now,
               [&](std::uint64_t sequence, const dynamodb::StoredChange& change) {
                 full = count == limit_ || (count > 0 && out.size() + change.size_bytes > limits::kStreamBytes);
                 if (full) return false;
                 writeRecord(json, stream, region, sequence, change, RecordForm::kGetRecords);
                 next.next_sequence = sequence + 1;
                 next.from_horizon = false;
                 ++count;
                 return true;
               });
  json.endArray();
  const bool at_end = shard->row.closed_at && !full;
  if (!at_end) json.key("NextShardIterator").value(next.toText());
  json.endObject();
  return out;
}

void GetRecords::checkPlace(const Reader& reader, const dynamodb::StreamDescription& stream, const NumberedShard& shard,
                            Timestamp now) const {
  if (place_.from_horizon || place_.next_sequence > lastSequence(reader, stream, shard)) return;
  const std::optional<std::string> record = reader.get(dynamodb::recordKey(stream.id, place_.next_sequence));
  if (!record || isTrimmed(dynamodb::decodeChange(*record).created_at, now)) refuseTrimmed();
}

}  // namespace ddblog::streams
