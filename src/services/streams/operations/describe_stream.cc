// DescribeStream: a stream and its shards, parents before children, at most 100 per page; with the
// ShardFilter CHILD_SHARDS, the children of one shard. Shards whose records are all trimmed are not
// listed.
//
// Rejects: ResourceNotFoundException for a stream that does not exist or whose records are all
// trimmed.
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/api_error.h"
#include "rpc/operation.h"
#include "services/dynamodb/core/context.h"
#include "services/dynamodb/tables/table_json.h"
#include "services/streams/limits.h"
#include "services/streams/stream_records.h"

namespace ddblog::streams {
namespace {

// A shard and its parent's id (empty: none). The parent is named even if its records are all
// trimmed.
struct ListedShard {
  NumberedShard shard;
  std::string parent_id;
};

std::vector<ListedShard> keptShards(const Reader& reader, std::uint64_t stream_id, RunningTime now) {
  std::vector<ListedShard> listed;
  std::string parent_id;
  for (const NumberedShard& shard : shardsOf(reader, stream_id)) {
    if (!isGone(shard, now)) listed.push_back({shard, parent_id});
    parent_id = shardIdOf(shard);
  }
  return listed;
}

void writeShard(JsonWriter& json, const ListedShard& listed) {
  const dynamodb::ShardRow& row = listed.shard.row;
  json.beginObject().key("ShardId").value(shardIdOf(listed.shard)).key("SequenceNumberRange").beginObject();
  json.key("StartingSequenceNumber").value(sequenceNumberText(row.first_sequence));
  if (row.closed_at) {  // an empty shard ends where it starts
    json.key("EndingSequenceNumber").value(sequenceNumberText(std::max(row.last_sequence, row.first_sequence)));
  }
  json.endObject();
  if (!listed.parent_id.empty()) json.key("ParentShardId").value(listed.parent_id);
  json.endObject();
}

void writeStream(JsonWriter& json, const dynamodb::StreamDescription& stream) {
  json.key("StreamArn").value(stream.arn).key("StreamLabel").value(stream.label);
  json.key("StreamStatus").value(stream.enabled ? "ENABLED" : "DISABLED");
  json.key("StreamViewType").value(dynamodb::streamViewName(stream.view));
  json.key("CreationRequestDateTime").value(toEpochSeconds(stream.created_at));
  json.key("TableName").value(stream.table_name).key("KeySchema");
  dynamodb::writeKeySchema(json, stream.key);
}

class DescribeStream {
 public:
  DescribeStream(rpc::RequestReader& request, dynamodb::Context& context);
  std::string run(const Reader& reader) const;

 private:
  dynamodb::Context& context_;
  std::string stream_arn_;
  std::size_t limit_;
  std::optional<std::string> after_;
  std::optional<std::string> parent_;  // list only children of this shard
};

DescribeStream::DescribeStream(rpc::RequestReader& request, dynamodb::Context& context) : context_(context) {
  rpc::ObjectReader& fields = request.fields();
  const auto arn = fields.string("StreamArn", {.required = true, .max = 1024});
  const auto limit = fields.integer("Limit", {.min = 1, .max = limits::kStreamPage});
  after_ = fields.string("ExclusiveStartShardId", {.min = 28, .max = 65});
  if (auto filter = fields.object("ShardFilter")) {
    const auto type = filter->string("Type", {.one_of = {"CHILD_SHARDS"}});
    const auto shard = filter->string("ShardId", {.min = 28, .max = 65});
    request.finish();
    if (!type || !shard) {
      throw validationError("One or more parameter values were invalid: ShardFilter needs a Type and a ShardId");
    }
    parent_ = *shard;
  }
  request.finish();
  checkStreamArn(*arn);
  stream_arn_ = *arn;
  limit_ = static_cast<std::size_t>(limit.value_or(limits::kStreamPage));
}

std::string DescribeStream::run(const Reader& reader) const {
  const RunningTime now = context_.clock.runningTime();
  const dynamodb::StreamDescription stream = findStream(reader, stream_arn_, now);
  std::string out;
  JsonWriter json(out);
  json.beginObject().key("StreamDescription").beginObject();
  writeStream(json, stream);
  json.key("Shards").beginArray();
  std::size_t count = 0;
  std::string last;
  bool more = false;
  for (const ListedShard& listed : keptShards(reader, stream.id, now)) {
    // Compares numbers, so that the next page is found even if the last shard of this page is gone.
    const bool is_earlier = after_ && listed.shard.number <= shardNumberOf(*after_).value_or(UINT64_MAX);
    if (is_earlier || (parent_ && listed.parent_id != *parent_)) continue;
    more = count == limit_;
    if (more) break;
    ++count;
    last = shardIdOf(listed.shard);
    writeShard(json, listed);
  }
  json.endArray();
  if (more) json.key("LastEvaluatedShardId").value(last);
  json.endObject().endObject();
  return out;
}

}  // namespace

void addDescribeStream(rpc::JsonApi& api, dynamodb::Context& context) {
  rpc::addRead<DescribeStream>(api, "DescribeStream", context);
}

}  // namespace ddblog::streams
