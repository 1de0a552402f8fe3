#include "clients/cpp/src/snapshots.h"

#include <charconv>

#include "aws/json_response.h"
#include "base/json_writer.h"
#include "clients/cpp/src/event_item.h"
#include "clients/cpp/src/notices.h"
#include "clients/cpp/src/payload_json.h"

namespace ddblog {

Snapshots::Snapshots(Transport& transport, std::string table, std::string_view log, std::string_view id,
                     const SnapshotOptions& options)
    : transport_(transport), table_(std::move(table)), options_(options) {
  streamKey(log, id);  // checks them
  if (table_.empty()) throw InvalidArgument("a snapshot needs the log's read_model_table", "snapshot");
  if (options_.name.empty()) throw InvalidArgument("the snapshot has no name", "snapshot");
  if (options_.code.empty()) throw InvalidArgument("the snapshot has no code version", "snapshot");
  if (options_.every == 0) throw InvalidArgument("a snapshot's `every` is at least 1", "snapshot");
  name_ = std::string(log).append("#").append(id).append("#snapshot");
  key_ = "\"pk\":" + stringAttribute(name_) + ",\"sk\":" + stringAttribute(options_.name);
}

std::optional<Snapshots::Stored> Snapshots::load() {
  std::string request;
  JsonWriter(request).beginObject().key("TableName").value(table_).key("Key").raw("{" + key_ + "}").endObject();
  const json::object response = aws::parseResponse(transport_.call(Api::kDynamoDb, "GetItem", request));
  const json::value* found = response.if_contains("Item");
  const json::object* item = found ? found->if_object() : nullptr;
  if (!item || optionalText(*item, "code") != options_.code) return std::nullopt;
  const json::string* version = typedMember(*item, "version", "N");
  const json::value* state = item->if_contains("state");
  std::uint64_t number = 0;
  if (!version || !state ||
      std::from_chars(version->data(), version->data() + version->size(), number).ec != std::errc()) {
    throw InvalidEvent("the snapshot " + name_ + " has no version or no state");
  }
  loaded_ = number;
  return Stored{number, jsonFromAttribute(*state)};
}

void Snapshots::save(std::uint64_t version, const std::function<std::string()>& state) {
  if (version < loaded_ + options_.every) return;
  try {
    transport_.call(Api::kDynamoDb, "PutItem", putItem(version, state()));
  } catch (const ServiceError& error) {
    // Else another writer's snapshot is newer.
    if (error.type() != "ConditionalCheckFailedException") notice(error);
  } catch (const std::exception& error) {
    notice(error);
  }
}

void Snapshots::notice(const std::exception& error) const {
  const std::string line = "The snapshot " + name_ + " was not saved: " + error.what();
  options_.notice ? options_.notice(line) : toStandardError(line);
}

std::string Snapshots::putItem(std::uint64_t version, const std::string& state) const {
  const std::string version_text = numberAttribute(std::to_string(version));
  const std::string code = stringAttribute(options_.code);
  std::string request;
  JsonWriter json(request);
  json.beginObject().key("TableName").value(table_);
  json.key("Item").raw("{" + key_ + ",\"version\":" + version_text + ",\"code\":" + code +
                       ",\"state\":" + attributeFromJson(state) + "}");
  json.key("ConditionExpression").value("attribute_not_exists(pk) OR #code <> :code OR #version < :version");
  json.key("ExpressionAttributeNames").beginObject();
  json.key("#code").value("code").key("#version").value("version").endObject();
  json.key("ExpressionAttributeValues").beginObject();
  json.key(":code").raw(code).key(":version").raw(version_text).endObject().endObject();
  return request;
}

}  // namespace ddblog
