// Streams read to their ends: every change that the model made is there once, in order, as the stream's view shows it.
#include <algorithm>

#include "model/world.h"

namespace ddblog::model {

namespace {

// As Table::idOf, of the Keys of a record.
std::string idOfKeys(const Item& keys) {
  Table table;
  table.hash = {"pk", keys.at("pk").type};
  if (keys.contains("sk")) table.range = KeyPart{"sk", keys.at("sk").type};
  return table.idOf(keys);
}

}  // namespace

void World::drainAll() {
  for (const auto& table : tables_) {
    if (table->stream) drain(*table->stream);
  }
  for (Stream& stream : retired_) drain(stream);
  retired_.clear();  // each was read to its end
}

void World::drain(Stream& stream) {
  std::vector<std::string> shards;
  std::string start, last_parent;
  do {
    const Answer answer = askStreams("DescribeStream", "{\"StreamArn\":\"" + stream.arn + "\",\"Limit\":" +
                                                           std::to_string(rng_.between(1, 5)) + start + "}");
    expectOk(answer);
    const json::value& description = answer.body.at("StreamDescription");
    expect(textOf(description, "StreamStatus") == (stream.is_on ? "ENABLED" : "DISABLED"), "the stream's status");
    for (const json::value& shard : description.at("Shards").as_array()) {
      const std::string parent = textOf(shard, "ParentShardId");
      expect(shards.empty() || parent == shards.back(), "a shard's parent is not the shard before it");
      shards.push_back(textOf(shard, "ShardId"));
    }
    const std::string last = textOf(description, "LastEvaluatedShardId");
    start = last.empty() ? "" : ",\"ExclusiveStartShardId\":\"" + last + "\"";
  } while (!start.empty());

  for (const std::string& shard : shards) {
    if (!stream.shards[shard].has_ended) readShard(stream, shard);
    const bool is_last = shard == shards.back();
    expect(stream.shards[shard].has_ended == (!is_last || !stream.is_on),
           "a shard is open, or has ended, against its stream");
  }
  for (const auto& [id, changes] : stream.pending) {
    expect(changes.empty(),
           "the stream " + stream.arn + " lacks " + std::to_string(changes.size()) + " records of " + id);
  }
  stream.pending.clear();
}

std::string World::freshIterator(const Stream& stream, const std::string& id, bool from_horizon) {
  const std::string last = from_horizon ? "" : stream.shards.at(id).last_sequence;
  const std::string begin = "{\"StreamArn\":\"" + stream.arn + "\",\"ShardId\":\"" + id + "\",\"ShardIteratorType\":";
  const Answer answer = askStreams(
      "GetShardIterator",
      begin + (last.empty() ? "\"TRIM_HORIZON\"}" : "\"AFTER_SEQUENCE_NUMBER\",\"SequenceNumber\":\"" + last + "\"}"));
  // The last record that was read is past its retention: what comes is the oldest that is kept.
  if (answer.errorType() == "TrimmedDataAccessException" && !from_horizon) return freshIterator(stream, id, true);
  expectOk(answer);
  return textOf(answer.body, "ShardIterator");
}

void World::readShard(Stream& stream, const std::string& id) {
  Stream::Shard& shard = stream.shards[id];
  for (;;) {
    if (shard.iterator.empty() || rng_.chance(10)) shard.iterator = freshIterator(stream, id, false);
    const std::string limit = rng_.chance(50) ? ",\"Limit\":" + std::to_string(rng_.between(1, 200)) : "";
    const Answer answer = askStreams("GetRecords", "{\"ShardIterator\":\"" + shard.iterator + "\"" + limit + "}");
    if (answer.errorType() == "ExpiredIteratorException" || answer.errorType() == "TrimmedDataAccessException") {
      shard.iterator = freshIterator(stream, id, answer.errorType() == "TrimmedDataAccessException");
      continue;
    }
    expectOk(answer);
    const json::array& records = answer.body.at("Records").as_array();
    for (const json::value& record : records) {
      const std::string sequence = textOf(record.at("dynamodb"), "SequenceNumber");
      if (sequence <= shard.last_sequence) continue;  // read before its iterator was lost
      expect(sequence > stream.last_sequence, "a sequence number is not larger than the one before it");
      checkRecord(stream, record.as_object());
      shard.last_sequence = stream.last_sequence = sequence;
    }
    shard.iterator = textOf(answer.body, "NextShardIterator");
    shard.has_ended = shard.iterator.empty();
    if (shard.has_ended || records.empty()) return;
  }
}

void World::checkRecord(Stream& stream, const json::object& record) {
  const std::string text = json::serialize(record);
  const json::value& change = record.at("dynamodb");
  const Item keys = readItem(change.at("Keys"));
  const std::string id = idOfKeys(keys);
  std::deque<Change>& pending = stream.pending[id];
  expect(!pending.empty(), "a record that the model does not know: " + text);
  const Change expected = std::move(pending.front());
  pending.pop_front();

  const char* name = !expected.before ? "INSERT" : !expected.after ? "REMOVE" : "MODIFY";
  expect(textOf(record, "eventName") == name, std::string("a record is to be ") + name + ": " + text);
  expect(textOf(change, "StreamViewType") == stream.view, "another view type: " + text);
  const bool has_old = stream.view == "OLD_IMAGE" || stream.view == "NEW_AND_OLD_IMAGES";
  const bool has_new = stream.view == "NEW_IMAGE" || stream.view == "NEW_AND_OLD_IMAGES";
  const auto of = [&](const Item& item) {
    return std::all_of(keys.begin(), keys.end(), [&](const auto& one) { return item.at(one.first) == one.second; });
  };
  expect(of(expected.before ? *expected.before : *expected.after), "other keys: " + text);
  expectItem(has_old ? expected.before : std::nullopt, memberOf(change, "OldImage"), "OldImage in " + text);
  expectItem(has_new ? expected.after : std::nullopt, memberOf(change, "NewImage"), "NewImage in " + text);
  const json::value* identity = record.if_contains("userIdentity");
  expect((identity != nullptr) == expected.by_service, "userIdentity is there, or not: " + text);
  expect(!identity || textOf(*identity, "Type") == "Service", "another userIdentity: " + text);
}

}  // namespace ddblog::model
