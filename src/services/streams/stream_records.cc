#include "services/streams/stream_records.h"

#include <charconv>
#include <cstdio>

#include "base/api_error.h"
#include "item/stored_item.h"
#include "services/dynamodb/core/table_name.h"
#include "services/streams/limits.h"
#include "store/key_space.h"

namespace ddblog::streams {

using dynamodb::StoredChange;
using dynamodb::StreamDescription;

namespace {

constexpr std::size_t kSequenceDigits = 21;
constexpr std::size_t kShardIdSize = 8 + 20 + 1 + 8;

// A 32-digit id that is the same each time a record is read and different for each record: two
// rounds of a mixing function (splitmix64's) over the stream's and the record's number.
std::uint64_t mix(std::uint64_t value) {
  value += 0x9e3779b97f4a7c15;
  value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9;
  value = (value ^ value >> 27) * 0x94d049bb133111eb;
  return value ^ value >> 31;
}

void appendHex(std::string& out, std::uint64_t number) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (int shift = 60; shift >= 0; shift -= 4) out.push_back(kDigits[number >> shift & 0xf]);
}

std::string eventId(const StreamDescription& stream, std::uint64_t sequence) {
  std::string id;
  const std::uint64_t first =
      mix(mix(stream.id) ^ static_cast<std::uint64_t>(stream.created_at.time_since_epoch().count()));
  appendHex(id, mix(first ^ sequence));
  appendHex(id, mix(first + mix(sequence)));
  return id;
}

std::string_view eventName(dynamodb::ChangeEvent event) {
  switch (event) {
    case dynamodb::ChangeEvent::kInsert:
      return "INSERT";
    case dynamodb::ChangeEvent::kModify:
      return "MODIFY";
    case dynamodb::ChangeEvent::kRemove:
      return "REMOVE";
  }
  return "";
}

}  // namespace

void checkStreamArn(std::string_view stream_arn) {
  // arn:PARTITION:dynamodb:REGION:ACCOUNT:table/NAME/stream/LABEL
  const dynamodb::Arn arn = dynamodb::parseArn(stream_arn);
  const bool is_stream = arn.resource.starts_with("table/") && arn.resource.find("/stream/") != std::string_view::npos;
  if (arn.service != "dynamodb" || !is_stream) throw validationError("Invalid StreamArn");
}

StreamDescription findStream(const Reader& reader, std::string_view stream_arn, std::optional<RunningTime> now) {
  if (const std::optional<std::string> stored = reader.get(dynamodb::streamDescriptionKey(stream_arn))) {
    StreamDescription stream = dynamodb::decodeStream(*stored);
    if (stream.enabled || !now || !isTrimmed(stream.disabled_at, *now)) return stream;
  }
  throw resourceNotFound("Requested resource not found: Stream: " + std::string(stream_arn) + " not found");
}

std::vector<NumberedShard> shardsOf(const Reader& reader, std::uint64_t stream_id) {
  const std::string all = dynamodb::allShardsPrefix(stream_id);
  std::vector<NumberedShard> shards;
  for (auto cursor = reader.cursor(all, endOfPrefix(all)); cursor->valid(); cursor->next()) {
    shards.push_back({dynamodb::numberOfShardKey(cursor->key()), dynamodb::decodeShard(cursor->value())});
  }
  return shards;
}

std::optional<NumberedShard> findShard(const Reader& reader, std::uint64_t stream_id, std::uint64_t number) {
  const std::optional<std::string> stored = reader.get(dynamodb::shardKey(stream_id, number));
  if (!stored) return std::nullopt;
  return NumberedShard{number, dynamodb::decodeShard(*stored)};
}

std::optional<NumberedShard> findShard(const Reader& reader, std::uint64_t stream_id, std::string_view shard_id) {
  const std::optional<std::uint64_t> number = shardNumberOf(shard_id);
  if (!number) return std::nullopt;
  std::optional<NumberedShard> shard = findShard(reader, stream_id, *number);
  if (shard && shardIdOf(*shard) != shard_id) return std::nullopt;
  return shard;
}

std::optional<std::uint64_t> shardNumberOf(std::string_view shard_id) {
  if (shard_id.size() != kShardIdSize || !shard_id.starts_with("shardId-")) return std::nullopt;
  std::uint64_t number = 0;
  const char* end = shard_id.data() + shard_id.size();
  if (std::from_chars(end - 8, end, number, 16).ptr != end) return std::nullopt;
  return number;
}

std::string shardIdOf(const NumberedShard& shard) {
  char id[64];
  std::snprintf(id, sizeof id, "shardId-%020lld-%08llx",
                static_cast<long long>(shard.row.opened_at.time_since_epoch().count()),
                static_cast<unsigned long long>(shard.number));
  return id;
}

std::string sequenceNumberText(std::uint64_t sequence) {
  char text[32];
  std::snprintf(text, sizeof text, "1%020llu", static_cast<unsigned long long>(sequence));
  return text;
}

std::optional<std::uint64_t> parseSequenceNumber(std::string_view text) {
  if (text.size() != kSequenceDigits || text[0] != '1') return std::nullopt;
  std::uint64_t sequence = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data() + 1, end, sequence);
  if (read.ptr != end || read.ec != std::errc()) return std::nullopt;
  return sequence;
}

std::uint64_t lastSequence(const Reader& reader, const StreamDescription& stream, const NumberedShard& shard) {
  if (shard.row.closed_at) return shard.row.last_sequence;
  const std::optional<std::string> stored = reader.get(dynamodb::headKey(stream.table_id));
  return stored ? dynamodb::decodeHead(*stored).next_sequence - 1 : shard.row.first_sequence - 1;
}

bool isTrimmed(RunningTime added_at, RunningTime now) { return added_at + limits::kStreamRetention <= now; }

bool isGone(const NumberedShard& shard, RunningTime now) {
  return shard.row.closed_at && isTrimmed(*shard.row.closed_at, now);
}

void refuseTrimmed() {
  throw ApiError("TrimmedDataAccessException", "The data you are trying to access has been trimmed");
}

void visitRecords(const Reader& reader, const StreamDescription& stream, const NumberedShard& shard, std::uint64_t from,
                  RunningTime now, const std::function<bool(std::uint64_t, const StoredChange&)>& visit) {
  if (from < shard.row.first_sequence) from = shard.row.first_sequence;
  const std::string begin = dynamodb::recordKey(stream.id, from);
  const std::string end = shard.row.closed_at ? dynamodb::recordKey(stream.id, shard.row.last_sequence + 1)
                                              : dynamodb::recordKey(stream.id, std::uint64_t(-1));
  if (begin >= end) return;
  for (auto cursor = reader.cursor(begin, end); cursor->valid(); cursor->next()) {
    const StoredChange change = dynamodb::decodeChange(cursor->value());
    if (isTrimmed(change.added_at, now)) continue;
    if (!visit(dynamodb::sequenceOfRecordKey(cursor->key()), change)) return;
  }
}

void writeRecord(JsonWriter& json, const StreamDescription& stream, std::string_view region, std::uint64_t sequence,
                 const StoredChange& change, RecordForm form) {
  json.beginObject().key("eventID").value(eventId(stream, sequence));
  json.key("eventName").value(eventName(change.event)).key("eventVersion").value("1.1");
  json.key("eventSource").value("aws:dynamodb").key("awsRegion").value(region);
  json.key("dynamodb").beginObject();
  json.key("ApproximateCreationDateTime").value(std::int64_t{change.created_at.time_since_epoch().count() / 1000});
  json.key("Keys");
  writeStoredItem(json, change.keys);
  if (!change.new_image.empty()) {
    json.key("NewImage");
    writeStoredItem(json, change.new_image);
  }
  if (!change.old_image.empty()) {
    json.key("OldImage");
    writeStoredItem(json, change.old_image);
  }
  json.key("SequenceNumber").value(sequenceNumberText(sequence));
  json.key("SizeBytes").value(std::int64_t{change.size_bytes});
  json.key("StreamViewType").value(dynamodb::streamViewName(change.view)).endObject();
  if (change.changed_by == dynamodb::ChangedBy::kTimeToLive) {
    const bool lambda = form == RecordForm::kLambdaEvent;
    json.key("userIdentity").beginObject();
    json.key(lambda ? "type" : "Type").value("Service");
    json.key(lambda ? "principalId" : "PrincipalId").value("dynamodb.amazonaws.com").endObject();
  }
  json.endObject();
}

std::string_view regionOf(std::string_view stream_arn) { return dynamodb::parseArn(stream_arn).region; }

}  // namespace ddblog::streams
