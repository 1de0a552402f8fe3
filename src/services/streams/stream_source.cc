#include "services/streams/stream_source.h"

#include "base/api_error.h"
#include "item/key_bytes.h"
#include "item/stored_item.h"
#include "services/dynamodb/core/table_name.h"
#include "services/streams/limits.h"
#include "services/streams/stream_records.h"

namespace ddblog::streams {
namespace {

constexpr std::string_view kStream = "/stream/";
constexpr std::string_view kLatest = "/stream/latest";

bool isStreamArn(std::string_view arn) {
  const dynamodb::Arn parts = dynamodb::parseArn(arn);
  return parts.service == "dynamodb" && parts.resource.starts_with("table/") &&
         parts.resource.find(kStream) != std::string_view::npos;
}

std::string tableNameIn(std::string_view stream_arn) {
  const std::string_view table = dynamodb::parseArn(stream_arn).resource.substr(std::string_view("table/").size());
  return std::string(table.substr(0, table.find(kStream)));
}

NumberedShard existingShard(const Reader& reader, const dynamodb::StreamDescription& stream,
                            std::string_view shard_id) {
  const std::optional<NumberedShard> shard = findShard(reader, stream.id, shard_id);
  if (!shard) {
    throw resourceNotFound("Requested resource not found: Shard: " + std::string(shard_id) +
                           " in Stream: " + stream.arn + " not found");
  }
  return *shard;
}

std::string orderKeyOf(const dynamodb::StreamDescription& stream, std::string_view stored_keys) {
  const Item keys = decodeItem(stored_keys);
  std::string bytes;
  for (const auto* attributes : {&stream.key.hash, &stream.key.range}) {
    for (const dynamodb::KeyAttribute& attribute : *attributes) appendKeyBytes(bytes, keys.at(attribute.name));
  }
  return bytes;
}

// The number of the record that follows the position.
std::uint64_t sequenceAfter(std::string_view position) {
  if (position.empty()) return 0;
  const std::optional<std::uint64_t> sequence = parseSequenceNumber(position);
  if (!sequence) throw validationError("Invalid SequenceNumber: " + std::string(position));
  return *sequence + 1;
}

}  // namespace

StreamSource::StreamSource(dynamodb::Context& context, std::string arn)
    : context_(context), arn_(std::move(arn)), table_name_(tableNameIn(arn_)), follows_(arn_.ends_with(kLatest)) {}

std::optional<std::string> StreamSource::currentArn(const Reader& reader) const {
  if (!follows_) return arn_;
  const auto table = context_.catalog.find(reader, table_name_);
  if (!table || !table->stream) return std::nullopt;
  return table->latest_stream_arn;
}

std::optional<std::vector<StreamSource::Shard>> StreamSource::shards(const Reader& reader, std::string_view arn) const {
  const std::optional<std::string> stored = reader.get(dynamodb::streamDescriptionKey(arn));
  if (!stored) return std::nullopt;
  std::vector<Shard> shards;
  for (const NumberedShard& shard : shardsOf(reader, dynamodb::decodeStream(*stored).id)) {
    Shard listed{shardIdOf(shard), {}, shard.row.closed_at.has_value()};
    if (!shards.empty()) listed.parent_id = shards.back().id;
    shards.push_back(std::move(listed));
  }
  return shards;
}

std::vector<StreamSource::Record> StreamSource::read(const Reader& reader, std::string_view arn,
                                                     std::string_view shard_id, std::string_view after,
                                                     std::size_t max_records, std::size_t max_bytes,
                                                     RunningTime now) const {
  const dynamodb::StreamDescription stream = findStream(reader, arn);
  const NumberedShard shard = existingShard(reader, stream, shard_id);
  const std::uint64_t from = sequenceAfter(after);
  const std::string_view region = regionOf(arn);
  std::vector<Record> records;
  std::size_t bytes = 0;
  if (max_records == 0) return records;
  visitRecords(reader, stream, shard, from, now, [&](std::uint64_t sequence, const dynamodb::StoredChange& change) {
    Record record;
    JsonWriter json(record.json);
    writeRecord(json, stream, region, sequence, change, RecordForm::kLambdaEvent);
    bytes += record.json.size();
    if (bytes > max_bytes && !records.empty()) return false;
    record.position = sequenceNumberText(sequence);
    record.order_key = orderKeyOf(stream, change.keys);
    record.created_at = change.created_at;
    record.added_at = change.added_at;
    records.push_back(std::move(record));
    return records.size() < max_records;
  });
  return records;
}

// Records have numbers without gaps.
std::uint64_t StreamSource::count(const Reader& reader, std::string_view arn, std::string_view shard_id,
                                  std::string_view after, RunningTime now) const {
  const dynamodb::StreamDescription stream = findStream(reader, arn);
  const NumberedShard shard = existingShard(reader, stream, shard_id);
  std::uint64_t count = 0;
  visitRecords(reader, stream, shard, sequenceAfter(after), now,
               [&](std::uint64_t first, const dynamodb::StoredChange&) {
                 count = lastSequence(reader, stream, shard) + 1 - first;
                 return false;
               });
  return count;
}

std::string StreamSource::lastPosition(const Reader& reader, std::string_view arn, std::string_view shard_id) const {
  const dynamodb::StreamDescription stream = findStream(reader, arn);
  const NumberedShard shard = existingShard(reader, stream, shard_id);
  const std::uint64_t last = lastSequence(reader, stream, shard);
  return last < shard.row.first_sequence ? std::string() : sequenceNumberText(last);
}

Duration StreamSource::retention() const { return limits::kStreamRetention; }

std::unique_ptr<rpc::EventSource> StreamSources::open(const std::string& arn) {
  return isStreamArn(arn) ? std::make_unique<StreamSource>(context_, arn) : nullptr;
}

}  // namespace ddblog::streams
