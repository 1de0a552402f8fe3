// EventLog::subscribe: follows a table's stream through the API of DynamoDB Streams.
//
// Shards form a forest: when one is closed, its child continues it. Records of one item may be in
// the parent and later ones in the child, so a child is read only after its parent was read to the
// end. Unrelated shards are read in turn.
#include <set>
#include <stdexcept>

#include "aws/json_response.h"
#include "base/json.h"
#include "base/json_fields.h"
#include "base/json_writer.h"
#include "clients/cpp/src/event_item.h"
#include "clients/cpp/src/stored_events.h"
#include "ddblog/event_log.h"

namespace ddblog {
namespace {

class Follower {
 public:
  Follower(Transport& transport, const std::string& table, const Schema& schema,
           const EventLog::SubscribeOptions& options, const std::function<void(const Event&)>& handle,
           const std::function<void(const EventLog::Position&)>& checkpoint)
      : transport_(transport),
        schema_(schema),
        position_(options.position),
        only_new_(options.only_new && options.position.empty()),
        handle_(handle),
        checkpoint_(checkpoint) {
    findStream(table);
  }

  // Polls each readable shard once. Returns whether there was anything new.
  bool round(const std::stop_token& stop) {
    listShards();
    bool anything = false;
    for (auto& [id, shard] : shards_) {
      if (stop.stop_requested()) return true;
      if (!shard.finished && parentIsDone(shard)) anything |= readShard(id, shard);
    }
    only_new_ = false;  // shards that appear from now on hold only new events
    return anything;
  }

 private:
  struct Shard {
    std::string parent;
    std::string iterator;
    bool from_latest = false;  // it existed when a subscription to new events began
    bool finished = false;
  };

  void findStream(const std::string& table) {
    std::string request;
    JsonWriter(request).beginObject().key("TableName").value(table).endObject();
    const json::object response = aws::parseResponse(transport_.call(Api::kDynamoDb, "DescribeTable", request));
    const json::value* description = response.if_contains("Table");
    if (description && description->is_object()) stream_ = textOf(description->get_object(), "LatestStreamArn");
    if (stream_.empty()) throw std::runtime_error("The table " + table + " has no stream to follow.");
  }

  void listShards() {
    std::set<std::string> listed;
    std::string after;
    do {
      std::string request;
      JsonWriter json(request);
      json.beginObject().key("StreamArn").value(stream_);
      if (!after.empty()) json.key("ExclusiveStartShardId").value(after);
      json.endObject();
      const json::object response =
          aws::parseResponse(transport_.call(Api::kDynamoDbStreams, "DescribeStream", request));
      const json::object& description = response.at("StreamDescription").as_object();
      for (const json::value& shard : description.at("Shards").as_array()) {
        const std::string id = textOf(shard.as_object(), "ShardId");
        listed.insert(id);
        const auto [known, is_new] = shards_.try_emplace(id);
        if (is_new) known->second = {textOf(shard.as_object(), "ParentShardId"), {}, only_new_};
      }
      after = textOf(description, "LastEvaluatedShardId");
    } while (!after.empty());
    // Forget shards whose records have expired.
    std::erase_if(shards_, [&](const auto& shard) { return !listed.contains(shard.first); });
    std::erase_if(position_, [&](const auto& entry) { return !listed.contains(entry.first); });
  }

  bool parentIsDone(const Shard& shard) const {
    const auto parent = shards_.find(shard.parent);
    return parent == shards_.end() || parent->second.finished;
  }

  bool readShard(const std::string& id, Shard& shard) {
    if (shard.iterator.empty()) shard.iterator = iteratorOf(id, shard.from_latest);
    std::string request;
    JsonWriter(request).beginObject().key("ShardIterator").value(shard.iterator).endObject();
    json::object response;
    try {
      response = aws::parseResponse(transport_.call(Api::kDynamoDbStreams, "GetRecords", request));
    } catch (const ServiceError& refusal) {
      if (refusal.type() != "ExpiredIteratorException") throw;
      shard.iterator.clear();  // the next round gets a new one at the position
      return true;
    }
    const json::array& records = response.at("Records").as_array();
    for (const json::value& record : records) handleRecord(record.as_object(), id);
    if (!records.empty()) checkpoint_(position_);
    shard.iterator = textOf(response, "NextShardIterator");
    shard.finished = shard.iterator.empty();
    return !records.empty() || shard.finished;
  }

  std::string iteratorOf(const std::string& shard_id, bool from_latest) const {
    std::string request;
    JsonWriter json(request);
    json.beginObject().key("StreamArn").value(stream_).key("ShardId").value(shard_id);
    const auto done = position_.find(shard_id);
    if (done != position_.end()) {
      json.key("ShardIteratorType").value("AFTER_SEQUENCE_NUMBER").key("SequenceNumber").value(done->second);
    } else {
      json.key("ShardIteratorType").value(from_latest ? "LATEST" : "TRIM_HORIZON");
    }
    json.endObject();
    return textOf(aws::parseResponse(transport_.call(Api::kDynamoDbStreams, "GetShardIterator", request)),
                  "ShardIterator");
  }

  void handleRecord(const json::object& record, const std::string& shard_id) {
    const json::object& change = record.at("dynamodb").as_object();
    const json::value* image = change.if_contains("NewImage");
    if (image && image->is_object()) handleImage(image->get_object());
    position_[shard_id] = textOf(change, "SequenceNumber");
  }

  void handleImage(const json::object& image) {
    try {
      eventFromItem(image);
    } catch (const InvalidEvent&) {
      return;  // the table may hold other items
    }
    handle_(eventFromItem(image, schema_));
  }

  Transport& transport_;
  const Schema& schema_;
  std::string stream_;
  EventLog::Position position_;
  bool only_new_;
  std::map<std::string, Shard> shards_;
  const std::function<void(const Event&)>& handle_;
  const std::function<void(const EventLog::Position&)>& checkpoint_;
};

}  // namespace

void EventLog::subscribe(const SubscribeOptions& options, std::stop_token stop,
                         const std::function<void(const Event&)>& handle,
                         const std::function<void(const Position&)>& checkpoint) {
  Follower follower(*transport_, table_, *schema_, options, handle, checkpoint);
  while (!stop.stop_requested()) {
    if (!follower.round(stop)) environment_->pause(options.idle_delay);
  }
}

}  // namespace ddblog
