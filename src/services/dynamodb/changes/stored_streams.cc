#include "services/dynamodb/changes/stored_streams.h"

#include <boost/json/parse.hpp>
#include <stdexcept>

#include "base/bytes.h"
#include "base/json.h"
#include "base/stored_time.h"
#include "services/dynamodb/core/key_spaces.h"
#include "store/key_space.h"

namespace ddblog::dynamodb {
namespace {

constexpr char kVersion = 1;

void takeVersion(std::string_view& in, const char* what) {
  if (takeNumber<char>(in) != kVersion) throw std::runtime_error(std::string(what) + " has an unknown format");
}

json::array encodeKeyAttributes(const std::vector<KeyAttribute>& attributes) {
  json::array out;
  for (const KeyAttribute& attribute : attributes) {
    out.push_back(json::array{attribute.name, static_cast<int>(attribute.type)});
  }
  return out;
}

std::vector<KeyAttribute> decodeKeyAttributes(const json::value& value) {
  std::vector<KeyAttribute> out;
  for (const json::value& attribute : value.as_array()) {
    out.push_back({std::string(attribute.at(0).as_string()),
                   static_cast<AttributeValue::Type>(attribute.at(1).to_number<int>())});
  }
  return out;
}

}  // namespace

std::string streamDescriptionKey(std::string_view stream_arn) {
  return KeyBuilder(key_spaces::kStreams).bytes("D").text(stream_arn).str();
}
std::string allStreamsPrefix() { return KeyBuilder(key_spaces::kStreams).bytes("D").str(); }
std::string headKey(std::uint64_t table_id) {
  return KeyBuilder(key_spaces::kStreams).bytes("H").number(table_id).str();
}
std::string allShardsPrefix(std::uint64_t stream_id) {
  return KeyBuilder(key_spaces::kStreams).bytes("S").number(stream_id).str();
}
std::string shardKey(std::uint64_t stream_id, std::uint64_t shard_number) {
  return KeyBuilder(key_spaces::kStreams).bytes("S").number(stream_id).number(shard_number).str();
}
std::string recordKey(std::uint64_t stream_id, std::uint64_t sequence) {
  return KeyBuilder(key_spaces::kChangeRecords).number(stream_id).number(sequence).str();
}

std::uint64_t sequenceOfRecordKey(std::string_view key) {
  key.remove_prefix(1 + sizeof(std::uint64_t));
  return takeNumber<std::uint64_t>(key);
}

std::uint64_t numberOfShardKey(std::string_view key) {
  key.remove_prefix(2 + sizeof(std::uint64_t));
  return takeNumber<std::uint64_t>(key);
}

std::string encodeStream(const StreamDescription& stream) {
  const json::object out{{"id", stream.id},
                         {"arn", stream.arn},
                         {"label", stream.label},
                         {"tableId", stream.table_id},
                         {"tableName", stream.table_name},
                         {"view", static_cast<int>(stream.view)},
                         {"hash", encodeKeyAttributes(stream.key.hash)},
                         {"range", encodeKeyAttributes(stream.key.range)},
                         {"createdAt", stream.created_at.time_since_epoch().count()},
                         {"enabled", stream.enabled},
                         {"disabledAt", stream.disabled_at.time_since_epoch().count()}};
  return kVersion + json::serialize(out);
}

StreamDescription decodeStream(std::string_view stored) {
  takeVersion(stored, "a stored stream");
  try {
    const json::value in = boost::json::parse(stored);
    StreamDescription stream;
    stream.id = in.at("id").to_number<std::uint64_t>();
    stream.arn = in.at("arn").as_string();
    stream.label = in.at("label").as_string();
    stream.table_id = in.at("tableId").to_number<std::uint64_t>();
    stream.table_name = in.at("tableName").as_string();
    stream.view = static_cast<StreamView>(in.at("view").to_number<int>());
    stream.key = {decodeKeyAttributes(in.at("hash")), decodeKeyAttributes(in.at("range"))};
    stream.created_at = Timestamp(Duration(in.at("createdAt").to_number<std::int64_t>()));
    stream.enabled = in.at("enabled").as_bool();
    stream.disabled_at = RunningTime(Duration(in.at("disabledAt").to_number<std::int64_t>()));
    return stream;
  } catch (const std::exception& error) {
    throw std::runtime_error(std::string("a stored stream cannot be read: ") + error.what());
  }
}

std::string encodeHead(const StreamHead& head) {
  std::string out;
  out.reserve(1 + 6 * sizeof(std::uint64_t));
  out.push_back(kVersion);
  for (const std::uint64_t number :
       {head.stream_id, head.shard_number, head.next_sequence, head.first_sequence, head.shard_bytes}) {
    appendNumber(out, number);
  }
  appendTime(out, head.opened_at);
  return out;
}

StreamHead decodeHead(std::string_view stored) {
  takeVersion(stored, "a stored stream head");
  StreamHead head;
  for (std::uint64_t* number :
       {&head.stream_id, &head.shard_number, &head.next_sequence, &head.first_sequence, &head.shard_bytes}) {
    *number = takeNumber<std::uint64_t>(stored);
  }
  head.opened_at = takeTime<RunningTime>(stored);
  return head;
}

std::string encodeShard(const ShardRow& shard) {
  std::string out(1, kVersion);
  appendNumber(out, shard.first_sequence);
  appendNumber(out, shard.last_sequence);
  appendTime(out, shard.opened_at);
  appendTime(out, shard.closed_at.value_or(RunningTime()));
  return out;
}

ShardRow decodeShard(std::string_view stored) {
  takeVersion(stored, "a stored shard");
  ShardRow shard;
  shard.first_sequence = takeNumber<std::uint64_t>(stored);
  shard.last_sequence = takeNumber<std::uint64_t>(stored);
  shard.opened_at = takeTime<Timestamp>(stored);
  const auto closed_at = takeTime<RunningTime>(stored);
  if (closed_at != RunningTime()) shard.closed_at = closed_at;
  return shard;
}

std::string encodeChange(const StoredChange& change) {
  std::string out;
  out.reserve(40 + change.keys.size() + change.old_image.size() + change.new_image.size());
  out.push_back(kVersion);
  out.push_back(static_cast<char>(change.event));
  out.push_back(static_cast<char>(change.view));
  out.push_back(static_cast<char>(change.changed_by));
  appendTime(out, change.created_at);
  appendTime(out, change.added_at);
  appendNumber(out, change.size_bytes);
  appendText(out, change.keys);
  appendText(out, change.old_image);
  appendText(out, change.new_image);
  return out;
}

StoredChange decodeChange(std::string_view stored) {
  takeVersion(stored, "a stored change record");
  StoredChange change;
  change.event = static_cast<ChangeEvent>(takeNumber<std::uint8_t>(stored));
  change.view = static_cast<StreamView>(takeNumber<std::uint8_t>(stored));
  change.changed_by = static_cast<ChangedBy>(takeNumber<std::uint8_t>(stored));
  change.created_at = takeTime<Timestamp>(stored);
  change.added_at = takeTime<RunningTime>(stored);
  change.size_bytes = takeNumber<std::uint32_t>(stored);
  change.keys = takeText(stored);
  change.old_image = takeText(stored);
  change.new_image = takeText(stored);
  return change;
}

std::string_view streamViewName(StreamView view) {
  switch (view) {
    case StreamView::kKeysOnly:
      return "KEYS_ONLY";
    case StreamView::kNewImage:
      return "NEW_IMAGE";
    case StreamView::kOldImage:
      return "OLD_IMAGE";
    case StreamView::kNewAndOldImages:
      return "NEW_AND_OLD_IMAGES";
  }
  return "";
}

}  // namespace ddblog::dynamodb
