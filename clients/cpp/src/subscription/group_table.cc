#include "clients/cpp/src/subscription/group_table.h"

#include <chrono>

#include "aws/json_response.h"
#include "base/json_fields.h"
#include "base/json_writer.h"
#include "clients/cpp/src/event_item.h"
#include "clients/cpp/src/write_outcome.h"

namespace ddblog {
namespace {

constexpr int kWriteAttempts = 10;  // of one write, while transactions work on the same item
constexpr std::chrono::milliseconds kLeastPause{5};
constexpr std::chrono::milliseconds kMorePause{95};

}  // namespace

std::string GroupUpdate::named(std::string_view name) {
  names_.emplace(name);
  return std::string("#").append(name);
}

void GroupUpdate::value(std::string_view name, std::string_view attribute) {
  if (!values_.empty()) values_ += ',';
  appendJsonString(values_, name);
  values_.append(":").append(attribute);
}

void GroupUpdate::condition(const std::string& text) {
  if (!condition_.empty()) condition_ += " AND ";
  condition_ += text;
}

GroupUpdate& GroupUpdate::set(std::string_view name, std::string_view attribute) {
  const std::string placeholder = std::string(":").append(name);
  set_.append(set_.empty() ? "SET " : ", ").append(named(name)).append(" = ").append(placeholder);
  value(placeholder, attribute);
  return *this;
}

GroupUpdate& GroupUpdate::add(std::string_view name, int number) {
  const std::string placeholder = std::string(":").append(name);
  const std::string attribute = named(name);
  set_.append(set_.empty() ? "SET " : ", ").append(attribute + " = " + attribute + " + " + placeholder);
  value(placeholder, numberAttribute(std::to_string(number)));
  return *this;
}

GroupUpdate& GroupUpdate::remove(std::string_view name) {
  remove_.append(remove_.empty() ? " REMOVE " : ", ").append(named(name));
  return *this;
}

GroupUpdate& GroupUpdate::onlyIf(std::string_view name, std::string_view attribute) {
  const std::string placeholder = std::string(":if_").append(name);
  condition(named(name) + " = " + placeholder);
  value(placeholder, attribute);
  return *this;
}

GroupUpdate& GroupUpdate::onlyIfAbsent(std::string_view name) {
  condition("attribute_not_exists(" + named(name) + ")");
  return *this;
}

GroupTable::GroupTable(std::shared_ptr<Transport> transport, std::string table, std::string_view group,
                       std::shared_ptr<Environment> environment)
    : transport_(std::move(transport)),
      table_(std::move(table)),
      pk_(stringAttribute(std::string("subscription#").append(group))),
      environment_(std::move(environment)) {}

std::string GroupTable::item(std::string_view sk, std::string_view members) const {
  return std::string("{\"pk\":").append(pk_).append(",\"sk\":").append(stringAttribute(sk)).append(members).append("}");
}

std::optional<json::object> GroupTable::get(std::string_view sk) const {
  std::string request;
  JsonWriter json(request);
  json.beginObject().key("TableName").value(table_).key("Key").raw(item(sk)).key("ConsistentRead").value(true);
  json.endObject();
  const json::object response = aws::parseResponse(transport_->call(Api::kDynamoDb, "GetItem", request));
  const json::object* found = objectOf(response, "Item");
  return found ? std::optional<json::object>(*found) : std::nullopt;
}

void GroupTable::query(std::string_view begin, std::string_view only,
                       const std::function<bool(const json::object&)>& visit) const {
  std::string start;
  do {
    std::string request;
    JsonWriter json(request);
    json.beginObject().key("TableName").value(table_).key("ConsistentRead").value(true);
    json.key("KeyConditionExpression").value("pk = :pk AND begins_with(sk, :begin)");
    json.key("ExpressionAttributeValues").beginObject().key(":pk").raw(pk_);
    json.key(":begin").raw(stringAttribute(begin)).endObject();
    if (!only.empty()) {
      json.key("ProjectionExpression").value("#only");
      json.key("ExpressionAttributeNames").beginObject().key("#only").value(only).endObject();
    }
    if (!start.empty()) json.key("ExclusiveStartKey").raw(start);
    json.endObject();
    const json::object page = aws::parseResponse(transport_->call(Api::kDynamoDb, "Query", request));
    for (const json::value& found : page.at("Items").as_array()) {
      if (!visit(found.as_object())) return;
    }
    const json::object* last = objectOf(page, "LastEvaluatedKey");
    start = last ? json::serialize(*last) : std::string();
  } while (!start.empty());
}

void GroupTable::put(const std::string& item) const {
  std::string request;
  JsonWriter(request).beginObject().key("TableName").value(table_).key("Item").raw(item).endObject();
  write("PutItem", request);
}

bool GroupTable::putNew(const std::string& item) const {
  std::string request;
  JsonWriter json(request);
  json.beginObject().key("TableName").value(table_).key("Item").raw(item);
  json.key("ConditionExpression").value("attribute_not_exists(pk)").endObject();
  return write("PutItem", request);
}

bool GroupTable::update(std::string_view sk, const GroupUpdate& update) const {
  std::string request;
  JsonWriter json(request);
  json.beginObject().key("TableName").value(table_).key("Key").raw(item(sk));
  json.key("UpdateExpression").value(update.set_ + update.remove_);
  if (!update.condition_.empty()) json.key("ConditionExpression").value(update.condition_);
  json.key("ExpressionAttributeNames").beginObject();
  for (const std::string& name : update.names_) json.key("#" + name).value(name);
  json.endObject();
  if (!update.values_.empty()) json.key("ExpressionAttributeValues").raw("{" + update.values_ + "}");
  json.endObject();
  return write("UpdateItem", request);
}

bool GroupTable::transact(const std::string& actions) const {
  return write("TransactWriteItems", "{\"TransactItems\":[" + actions + "]}");
}

void GroupTable::remove(std::string_view sk) const {
  std::string request;
  JsonWriter(request).beginObject().key("TableName").value(table_).key("Key").raw(item(sk)).endObject();
  write("DeleteItem", request);
}

bool GroupTable::write(std::string_view operation, const std::string& request) const {
  for (int attempt = 1;; ++attempt) {
    try {
      transport_->call(Api::kDynamoDb, operation, request);
      return true;
    } catch (const ServiceError& error) {
      if (isConditionFailure(error)) return false;
      if (!isPassing(error) || attempt == kWriteAttempts) throw;
    }
    environment_->pause(kLeastPause + environment_->jitter(kMorePause));
  }
}

}  // namespace ddblog
