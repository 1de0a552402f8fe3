// ListStreams: the streams of all tables or of one table, including disabled ones whose records are
// not trimmed yet.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rpc/operation.h"
#include "services/dynamodb/changes/stored_streams.h"
#include "services/dynamodb/core/context.h"
#include "services/dynamodb/core/table_name.h"
#include "services/streams/limits.h"
#include "services/streams/stream_records.h"
#include "store/key_space.h"

namespace ddblog::streams {
namespace {

class ListStreams {
 public:
  ListStreams(rpc::RequestReader& request, dynamodb::Context& context);
  std::string run(const Reader& reader) const;

 private:
  dynamodb::Context& context_;
  std::optional<std::string> table_name_;
  std::size_t limit_;
  std::string after_;
};

ListStreams::ListStreams(rpc::RequestReader& request, dynamodb::Context& context) : context_(context) {
  rpc::ObjectReader& fields = request.fields();
  const auto limit = fields.integer("Limit", {.min = 1, .max = limits::kStreamPage});
  table_name_ = fields.string("TableName", {.min = 3, .max = 1024});
  const auto after = fields.string("ExclusiveStartStreamArn", {.max = 1024});
  request.finish();
  if (after) checkStreamArn(*after);
  if (table_name_) table_name_ = dynamodb::tableNameOf(*table_name_);
  limit_ = static_cast<std::size_t>(limit.value_or(limits::kStreamPage));
  after_ = after.value_or("");
}

std::string ListStreams::run(const Reader& reader) const {
  const RunningTime now = context_.clock.runningTime();
  const std::string all = dynamodb::allStreamsPrefix();
  const std::string begin = after_.empty() ? all : dynamodb::streamDescriptionKey(after_) + '\0';
  std::vector<dynamodb::StreamDescription> streams;
  bool more = false;
  for (auto cursor = reader.cursor(begin, endOfPrefix(all)); cursor->valid() && !more; cursor->next()) {
    dynamodb::StreamDescription stream = dynamodb::decodeStream(cursor->value());
    if (table_name_ && stream.table_name != *table_name_) continue;
    if (!stream.enabled && isTrimmed(stream.disabled_at, now)) continue;
    more = streams.size() == limit_;
    if (!more) streams.push_back(std::move(stream));
  }
  std::string out;
  JsonWriter json(out);
  json.beginObject().key("Streams").beginArray();
  for (const dynamodb::StreamDescription& stream : streams) {
    json.beginObject().key("StreamArn").value(stream.arn).key("TableName").value(stream.table_name);
    json.key("StreamLabel").value(stream.label).endObject();
  }
  json.endArray();
  if (more) json.key("LastEvaluatedStreamArn").value(streams.back().arn);
  json.endObject();
  return out;
}

}  // namespace

void addListStreams(rpc::JsonApi& api, dynamodb::Context& context) {
  rpc::addRead<ListStreams>(api, "ListStreams", context);
}

}  // namespace ddblog::streams
