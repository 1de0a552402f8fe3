#include "clients/cpp/src/subscription/table_stream.h"

#include "aws/json_response.h"
#include "base/json_fields.h"
#include "base/json_writer.h"
#include "ddblog/errors.h"

namespace ddblog {
namespace {

constexpr int kRecordsPerPage = 1000;  // DynamoDB's limit
constexpr int kEndPages = 10'000;      // that are read to find a shard's end; a position before it is safe as well

// The record after a position is gone, or the whole shard is.
bool isGone(const ServiceError& error) {
  return error.type() == "TrimmedDataAccessException" || error.type() == "ResourceNotFoundException";
}

bool isEnabled(const json::object& table) {
  const json::object* specification = objectOf(table, "StreamSpecification");
  const json::value* enabled = specification ? memberOf(*specification, "StreamEnabled") : nullptr;
  return enabled && enabled->is_bool() && enabled->get_bool();
}

Shard shardIn(const json::object& described) {
  const json::object* range = objectOf(described, "SequenceNumberRange");
  return {.id = textOf(described, "ShardId"),
          .parent = textOf(described, "ParentShardId"),
          .is_closed = range && !textOf(*range, "EndingSequenceNumber").empty()};
}

StreamRecord recordIn(const json::object& record) {
  const json::object& change = record.at("dynamodb").as_object();
  StreamRecord made{.sequence_number = textOf(change, "SequenceNumber")};
  if (textOf(record, "eventName") != "INSERT") return made;
  const json::object* image = objectOf(change, "NewImage");
  const json::object* found = image ? image : objectOf(change, "Keys");
  if (!found) return made;
  made.holds = image ? StreamRecord::Holds::kItem : StreamRecord::Holds::kKey;
  made.item = json::object(*found, json::storage_ptr());  // a copy that outlives the page
  return made;
}

}  // namespace

std::string TableStream::look() {
  std::string request;
  JsonWriter(request).beginObject().key("TableName").value(table_).endObject();
  const json::object response = aws::parseResponse(transport_->call(Api::kDynamoDb, "DescribeTable", request));
  const json::object* table = objectOf(response, "Table");
  const std::string arn = table && isEnabled(*table) ? textOf(*table, "LatestStreamArn") : std::string();
  if (arn.empty()) {
    throw ConfigurationError("The table " + table_ + " has no stream, so nobody can subscribe to it: enable one.");
  }
  if (arn != arn_) iterators_.clear();
  arn_ = arn;
  return arn;
}

const std::string& TableStream::arn() {
  if (arn_.empty()) look();
  return arn_;
}

std::vector<Shard> TableStream::shards() {
  std::vector<Shard> shards;
  std::string after;
  do {
    std::string request;
    JsonWriter json(request);
    json.beginObject().key("StreamArn").value(arn());
    if (!after.empty()) json.key("ExclusiveStartShardId").value(after);
    json.endObject();
    const json::object response =
        aws::parseResponse(transport_->call(Api::kDynamoDbStreams, "DescribeStream", request));
    const json::object& description = response.at("StreamDescription").as_object();
    for (const json::value& shard : description.at("Shards").as_array()) shards.push_back(shardIn(shard.as_object()));
    after = textOf(description, "LastEvaluatedShardId");
  } while (!after.empty());
  return shards;
}

ShardEnd TableStream::endOf(const Shard& shard, const std::function<void()>& beat) {
  ShardEnd end{.sequence_number = {}, .is_final = shard.is_closed};
  if (shard.is_closed) return end;
  std::string next = iterator(shard.id, {});
  for (int page = 0; page < kEndPages; ++page) {
    const json::object response = records(next);
    const json::array& found = response.at("Records").as_array();
    if (!found.empty()) {
      end.sequence_number = textOf(found.back().as_object().at("dynamodb").as_object(), "SequenceNumber");
    }
    next = textOf(response, "NextShardIterator");
    end.is_final = next.empty();
    if (found.empty() || end.is_final) break;
    beat();
  }
  return end;
}

RecordPage TableStream::read(const std::string& shard_id, const std::string& after) {
  try {
    return readPage(shard_id, after);
  } catch (const ServiceError& error) {
    forget(shard_id);
    if (error.type() == "ExpiredIteratorException") return {};
    if (!isGone(error)) throw;
    throw ReplayNeeded("The records of the shard " + shard_id + " after its checkpoint are gone.");
  } catch (...) {
    forget(shard_id);
    throw;
  }
}

RecordPage TableStream::readPage(const std::string& shard_id, const std::string& after) {
  const auto known = iterators_.find(shard_id);
  const json::object response = records(known == iterators_.end() ? iterator(shard_id, after) : known->second);
  RecordPage page;
  for (const json::value& record : response.at("Records").as_array()) {
    page.records.push_back(recordIn(record.as_object()));
  }
  const std::string next = textOf(response, "NextShardIterator");
  page.is_end = next.empty();
  if (page.is_end) {
    forget(shard_id);
  } else {
    iterators_[shard_id] = next;
  }
  return page;
}

std::string TableStream::iterator(const std::string& shard_id, const std::string& after) {
  std::string request;
  JsonWriter json(request);
  json.beginObject().key("StreamArn").value(arn()).key("ShardId").value(shard_id);
  json.key("ShardIteratorType").value(after.empty() ? "TRIM_HORIZON" : "AFTER_SEQUENCE_NUMBER");
  if (!after.empty()) json.key("SequenceNumber").value(after);
  json.endObject();
  return textOf(aws::parseResponse(transport_->call(Api::kDynamoDbStreams, "GetShardIterator", request)),
                "ShardIterator");
}

json::object TableStream::records(const std::string& iterator) {
  std::string request;
  JsonWriter json(request);
  json.beginObject().key("ShardIterator").value(iterator).key("Limit").value(kRecordsPerPage).endObject();
  return aws::parseResponse(transport_->call(Api::kDynamoDbStreams, "GetRecords", request));
}

}  // namespace ddblog
