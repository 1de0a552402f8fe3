// GetRecords: the records from a position in a shard, at most 1,000 or 1 MB, and the position after
// them. A closed shard that was read to its end has no next position (no NextShardIterator); an
// open one always has.
//
// Rejects: broken constraints; an iterator that is invalid (ValidationException) or 15 minutes old
// (ExpiredIteratorException); a stream whose records are all trimmed (ResourceNotFoundException); a
// position whose shard or record is trimmed (TrimmedDataAccessException).
#include <algorithm>
#include <cstdint>
#include <string>

#include "base/api_error.h"
#include "rpc/operation.h"
#include "services/dynamodb/core/context.h"
#include "services/streams/limits.h"
#include "services/streams/shard_iterator.h"
#include "services/streams/stream_records.h"

namespace ddblog::streams {
namespace {

constexpr double kShortPage = 10;  // ours: more records than a page has that a fault has hit

class GetRecords {
 public:
  GetRecords(rpc::RequestReader& request, dynamodb::Context& context);
  std::string run(const Reader& reader) const;

 private:
  std::size_t mostOf(const dynamodb::StreamDescription& stream, std::uint64_t first) const;
  void checkPosition(const Reader& reader, const dynamodb::StreamDescription& stream, const NumberedShard& shard,
                     RunningTime now) const;

  dynamodb::Context& context_;
  ShardIterator position_;
  std::size_t limit_;
};

GetRecords::GetRecords(rpc::RequestReader& request, dynamodb::Context& context) : context_(context) {
  constexpr std::int64_t kMost = limits::kStreamRecords;
  rpc::ObjectReader& fields = request.fields();
  const auto limit = fields.integer("Limit", {.min = 1, .max = kMost});
  const auto iterator = fields.string("ShardIterator", {.required = true, .min = 1, .max = 2048});
  request.finish();
  limit_ = static_cast<std::size_t>(limit.value_or(kMost));
  position_ = ShardIterator::parse(*iterator, context.clock.now());
}

std::string GetRecords::run(const Reader& reader) const {
  const RunningTime now = context_.clock.runningTime();
  const dynamodb::StreamDescription stream = findStream(reader, position_.stream_arn, now);
  const std::optional<NumberedShard> shard = findShard(reader, stream.id, position_.shard_number);
  if (!shard || isGone(*shard, now)) refuseTrimmed();
  checkPosition(reader, stream, *shard, now);

  ShardIterator next = position_;
  next.made_at = context_.clock.now();
  const std::string_view region = regionOf(stream.arn);
  std::string out;
  JsonWriter json(out);
  json.beginObject().key("Records").beginArray();
  std::size_t count = 0;
  std::size_t most = 0;
  bool full = false;
  visitRecords(reader, stream, *shard, position_.next_sequence, now,
               [&](std::uint64_t sequence, const dynamodb::StoredChange& change) {
                 if (count == 0) most = mostOf(stream, sequence);
                 full = count == most || (count > 0 && out.size() + change.size_bytes > limits::kStreamBytes);
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

// How many records a page that begins with this one has at most: as in AWS, that can be fewer than there
// are, also none. Offline only a fault does it.
std::size_t GetRecords::mostOf(const dynamodb::StreamDescription& stream, std::uint64_t first) const {
  Faults* const faults = context_.faults;
  if (!faults || !faults->wants(Fault::kPartialFailure)) return limit_;
  const auto part =
      faults->strike(Fault::kPartialFailure, "GetRecords " + stream.table_name + ' ' + std::to_string(first));
  return part ? std::min(limit_, static_cast<std::size_t>(*part * kShortPage)) : limit_;
}

void GetRecords::checkPosition(const Reader& reader, const dynamodb::StreamDescription& stream,
                               const NumberedShard& shard, RunningTime now) const {
  if (position_.from_horizon || position_.next_sequence > lastSequence(reader, stream, shard)) return;
  const std::optional<std::string> record = reader.get(dynamodb::recordKey(stream.id, position_.next_sequence));
  if (!record || isTrimmed(dynamodb::decodeChange(*record).added_at, now)) refuseTrimmed();
}

}  // namespace

void addGetRecords(rpc::JsonApi& api, dynamodb::Context& context) {
  rpc::addRead<GetRecords>(api, "GetRecords", context);
}

}  // namespace ddblog::streams
