// BatchGetItem: up to 100 items of several tables by their keys. Keys whose items would make the
// response larger than 16 MB come back as UnprocessedKeys, in the form of a request, and so do those
// that a fault has hit (core/batch_faults.h); if that is all of them, the call fails.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/api_error.h"
#include "expression/projection.h"
#include "item/attribute_value.h"
#include "item/stored_item.h"
#include "item/wire_json.h"
#include "rpc/operation.h"
#include "rpc/request_reader.h"
#include "services/dynamodb/core/batch_faults.h"
#include "services/dynamodb/core/capacity.h"
#include "services/dynamodb/core/context.h"
#include "services/dynamodb/core/item_keys.h"
#include "services/dynamodb/core/key_checks.h"
#include "services/dynamodb/core/limits.h"
#include "services/dynamodb/core/table.h"
#include "services/dynamodb/items/item_requests.h"
#include "store/store.h"

namespace ddblog::dynamodb {
namespace {

class BatchGetItem {
 public:
  BatchGetItem(rpc::RequestReader& request, Context& context);
  std::string run(const Reader& reader) const;

 private:
  struct KeysToGet {
    std::string table_name;
    std::vector<Item> keys;
    bool consistent = false;
    std::optional<Projection> projection;
    json::object request;  // as given, without the keys: UnprocessedKeys repeats it
  };
  using Tables = std::vector<std::shared_ptr<const Table>>;

  std::vector<std::vector<bool>> leaveUndone(const Tables& tables) const;
  // Writes the items of one table; returns the keys that are undone or no longer fit into the response.
  std::vector<const Item*> readItems(const Reader& reader, const KeysToGet& wanted, const Table& table,
                                     const std::vector<bool>& is_undone, JsonWriter& json, std::size_t& bytes,
                                     ConsumedCapacity& consumed) const;

  Context& context_;
  CapacityReport capacity_ = CapacityReport::kNone;
  std::vector<KeysToGet> tables_;
};

// One table of a request: its fields are read, and only constraints of single fields are checked.
struct TableRequest {
  TableRequest(const std::string& name, rpc::ObjectReader& fields)
      : name(name),
        attributes_to_get(readAttributesToGet(fields)),
        has_attributes(fields.has("AttributesToGet")),
        has_keys(fields.has("Keys")),
        consistent(fields.boolean("ConsistentRead").value_or(false)),
        expressions(fields, {"ProjectionExpression"}, {"AttributesToGet"}, {.style = MessageStyle::kCurrent}) {
    auto given = fields.objects("Keys", {.required = true});
    if (given) {
      for (const rpc::ObjectReader& key : *given) keys.push_back(deferItem(key.json(), MessageStyle::kCurrent));
    }
  }

  std::string name;
  std::vector<std::string> attributes_to_get;
  bool has_attributes;
  bool has_keys;
  bool consistent;
  ExpressionParameters expressions;
  std::vector<DeferredItem> keys;
};

ApiError wrongCount(const std::string& path, const std::string& constraint) {
  return validationError("1 validation error detected: Value at 'RequestItems" + path +
                         "' failed to satisfy constraint: Member must have length " + constraint);
}

// Wrong counts are reported before and without all other errors; too many keys only if all table
// names are valid.
void checkCounts(const std::vector<TableRequest>& requests, bool names_hold) {
  if (requests.empty()) throw wrongCount("", "greater than or equal to 1");
  std::size_t keys = 0;
  const TableRequest* largest = &requests.front();
  for (const TableRequest& one : requests) {
    if (one.has_keys && one.keys.empty())
      throw wrongCount("." + one.name + ".member.Keys", "greater than or equal to 1");
    keys += one.keys.size();
    if (one.keys.size() > largest->keys.size()) largest = &one;
  }
  if (keys > limits::kBatchGetKeys && names_hold) {
    throw wrongCount("." + largest->name + ".member.Keys", "less than or equal to 100");
  }
}

// Expressions of one table exclude AttributesToGet of another, too.
void checkTogether(const std::vector<TableRequest>& requests) {
  const auto projects = [](const TableRequest& one) { return one.expressions.has("ProjectionExpression"); };
  const auto names = [](const TableRequest& one) { return one.has_attributes; };
  if (std::any_of(requests.begin(), requests.end(), projects) && std::any_of(requests.begin(), requests.end(), names)) {
    throw validationError(
        "Can not use both expression and non-expression parameters in the same request: Non-expression parameters: "
        "{AttributesToGet} Expression parameters: {ProjectionExpression}");
  }
}

std::vector<Item> takeKeys(std::vector<DeferredItem>& held) {
  std::vector<Item> keys;
  for (DeferredItem& one : held) {
    Item key = one.take();
    if (std::find(keys.begin(), keys.end(), key) != keys.end()) {
      throw validationError("Provided list of item keys contains duplicates");
    }
    keys.push_back(std::move(key));
  }
  return keys;
}

BatchGetItem::BatchGetItem(rpc::RequestReader& request, Context& context) : context_(context) {
  rpc::ObjectReader& fields = request.fields();
  const OptionalString capacity = fields.string("ReturnConsumedCapacity");
  auto given = fields.objectMap("RequestItems", {.required = true, .element = java::kKeysAndAttributes});
  std::vector<TableRequest> requests;
  if (given) {
    for (auto& [name, inner] : *given) requests.emplace_back(name, inner);
    checkCounts(requests, areTableNames(*fields.jsonObject("RequestItems")));
  }
  MemberChecks checks(request);
  if (given && !areTableNames(*fields.jsonObject("RequestItems"))) refuseTableNames(fields);
  checks.capacity(capacity);
  checks.finish();
  capacity_ = capacityReport(capacity);
  checkTogether(requests);

  for (std::size_t i = 0; i < requests.size(); ++i) {
    TableRequest& one = requests[i];
    one.expressions.checkTogether();
    refuseDuplicateAttributes(one.attributes_to_get);
    KeysToGet table;
    table.table_name = one.name;
    table.consistent = one.consistent;
    table.request = (*given)[i].second.json();
    table.request.erase("Keys");
    one.expressions.readSubstitutions();
    table.projection = one.expressions.projection();
    one.expressions.refuseUnused();
    if (!one.attributes_to_get.empty()) table.projection = Projection::ofAttributes(one.attributes_to_get);
    table.keys = takeKeys(one.keys);
    tables_.push_back(std::move(table));
  }
}

// The keys of each table that a fault hits; they are valid. Throws if it hits all.
std::vector<std::vector<bool>> BatchGetItem::leaveUndone(const Tables& tables) const {
  std::vector<std::vector<bool>> all;
  bool is_all_undone = true;
  for (std::size_t i = 0; i < tables_.size(); ++i) {
    std::vector<bool>& is_undone = all.emplace_back();
    for (const Item& key : tables_[i].keys) {
      is_undone.push_back(context_.faults && isLeftUndone(context_, "BatchGetItem", tables_[i].table_name,
                                                          encodeKeyAttributes(*tables[i], key)));
      is_all_undone = is_all_undone && is_undone.back();
    }
  }
  if (is_all_undone) throw throughputExceeded();
  return all;
}

std::vector<const Item*> BatchGetItem::readItems(const Reader& reader, const KeysToGet& wanted, const Table& table,
                                                 const std::vector<bool>& is_undone, JsonWriter& json,
                                                 std::size_t& bytes, ConsumedCapacity& consumed) const {
  std::vector<const Item*> unprocessed;
  for (std::size_t i = 0; i < wanted.keys.size(); ++i) {
    const Item& key = wanted.keys[i];
    if (bytes >= limits::kBatchGetBytes || is_undone[i]) {
      unprocessed.push_back(&key);
      continue;
    }
    const std::optional<std::string> stored = reader.get(itemKey(table, key));
    const std::size_t size = stored ? storedItemSize(*stored) : 0;
    if (bytes + size > limits::kBatchGetBytes) {
      bytes = limits::kBatchGetBytes;
      unprocessed.push_back(&key);
      continue;
    }
    bytes += size;
    consumed.addTable(readUnits(size, wanted.consistent));
    if (!stored) continue;
    if (wanted.projection) {
      writeItem(json, project(*wanted.projection, decodeItem(*stored)));
    } else {
      writeStoredItem(json, *stored);
    }
  }
  return unprocessed;
}

std::string BatchGetItem::run(const Reader& reader) const {
  Tables tables;
  for (const KeysToGet& wanted : tables_) tables.push_back(context_.catalog.get(reader, wanted.table_name));
  for (std::size_t i = 0; i < tables_.size(); ++i) {
    for (const Item& key : tables_[i].keys) checkKey(*tables[i], key);
    if (tables_[i].projection) checkPaths(*tables[i], *tables_[i].projection);
  }
  const std::vector<std::vector<bool>> is_undone = leaveUndone(tables);

  std::string body;
  JsonWriter json(body);
  json.beginObject().key("Responses").beginObject();
  json::object unprocessed;
  std::vector<std::pair<std::string, ConsumedCapacity>> consumed;
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < tables_.size(); ++i) {
    json.key(tables_[i].table_name).beginArray();
    ConsumedCapacity& of_table = consumed.emplace_back(tables_[i].table_name, ConsumedCapacity()).second;
    const auto left = readItems(reader, tables_[i], *tables[i], is_undone[i], json, bytes, of_table);
    json.endArray();
    if (left.empty()) continue;
    json::object again = tables_[i].request;
    json::array keys;
    for (const Item* key : left) keys.push_back(itemToJson(*key));
    again["Keys"] = std::move(keys);
    unprocessed[tables_[i].table_name] = std::move(again);
  }
  json.endObject().key("UnprocessedKeys").raw(json::serialize(unprocessed));
  writeConsumedCapacity(json, consumed, capacity_);
  json.endObject();
  return body;
}

}  // namespace

void addBatchGetItem(rpc::JsonApi& service, Context& context) {
  rpc::addRead<BatchGetItem>(service, "BatchGetItem", context);
}

}  // namespace ddblog::dynamodb
