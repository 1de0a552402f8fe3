#include "services/streams/stream_reader.h"

#include "base/api_error.h"
#include "item/key_bytes.h"
#include "item/stored_item.h"
#include "services/dynamodb/core/catalog.h"
#include "services/streams/stream_records.h"

namespace ddblog::streams {
namespace {

NumberedShard existingShard(const Reader& reader, const dynamodb::StreamDescription& stream,
                            std::string_view shard_id) {
  const std::optional<NumberedShard> shard = findShard(reader, stream.id, shard_id);
  if (!shard) {
    throw resourceNotFound("Requested resource not found: Shard: " + std::string(shard_id) +
                           " in Stream: " + stream.arn + " not found");
  }
  return *shard;
}

std::string itemKeyOf(const dynamodb::StreamDescription& stream, std::string_view stored_keys) {
  const Item keys = decodeItem(stored_keys);
  std::string bytes;
  for (const auto* attributes : {&stream.key.hash, &stream.key.range}) {
    for (const dynamodb::KeyAttribute& attribute : *attributes) appendKeyBytes(bytes, keys.at(attribute.name));
  }
  return bytes;
}

}  // namespace

std::vector<Shard> listShards(const Reader& reader, std::string_view stream_arn) {
  const dynamodb::StreamDescription stream = findStream(reader, stream_arn);
  std::vector<Shard> shards;
  for (const NumberedShard& shard : shardsOf(reader, stream.id)) {
    Shard& listed = shards.emplace_back();
    listed.id = shardIdOf(shard);
    if (shards.size() > 1) listed.parent_id = shards[shards.size() - 2].id;
    listed.starting_sequence_number = sequenceNumberText(shard.row.first_sequence);
    if (shard.row.closed_at) listed.ending_sequence_number = sequenceNumberText(shard.row.last_sequence);
  }
  return shards;
}

std::vector<Record> readRecords(const Reader& reader, std::string_view stream_arn, std::string_view shard_id,
                                std::string_view after, std::size_t max_records, std::size_t max_bytes, Timestamp now) {
  const dynamodb::StreamDescription stream = findStream(reader, stream_arn);
  const NumberedShard shard = existingShard(reader, stream, shard_id);
  std::uint64_t from = 0;
  if (!after.empty()) {
    const std::optional<std::uint64_t> sequence = parseSequenceNumber(after);
    if (!sequence) throw validationError("Invalid SequenceNumber: " + std::string(after));
    from = *sequence + 1;
  }
  const std::string_view region = regionOf(stream_arn);
  std::vector<Record> records;
  std::size_t bytes = 0;
  if (max_records == 0) return records;
  visitRecords(reader, stream, shard, from, now, [&](std::uint64_t sequence, const dynamodb::StoredChange& change) {
    Record record;
    JsonWriter json(record.json);
    writeRecord(json, stream, region, sequence, change, RecordForm::kLambdaEvent);
    bytes += record.json.size();
    if (bytes > max_bytes && !records.empty()) return false;
    record.sequence_number = sequenceNumberText(sequence);
    record.item_key = itemKeyOf(stream, change.keys);
    record.created_at = change.created_at;
    records.push_back(std::move(record));
    return records.size() < max_records;
  });
  return records;
}

std::string lastSequenceNumber(const Reader& reader, std::string_view stream_arn, std::string_view shard_id) {
  const dynamodb::StreamDescription stream = findStream(reader, stream_arn);
  const NumberedShard shard = existingShard(reader, stream, shard_id);
  const std::uint64_t last = lastSequence(reader, stream, shard);
  return last < shard.row.first_sequence ? std::string() : sequenceNumberText(last);
}

std::optional<std::string> latestStreamArn(const Reader& reader, std::string_view table_name) {
  const auto table = dynamodb::Catalog().find(reader, table_name);
  if (!table || !table->stream) return std::nullopt;
  return table->latest_stream_arn;
}

}  // namespace ddblog::streams
