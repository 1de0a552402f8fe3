// BatchWriteItem: puts and deletes up to 25 items of several tables in one command of the writer.
// We write all of them or none (DynamoDB guarantees only that each single write is atomic), so
// UnprocessedItems is always empty.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/api_error.h"
#include "base/limits.h"
#include "rpc/operation.h"
#include "rpc/request_reader.h"
#include "services/dynamodb/core/capacity.h"
#include "services/dynamodb/core/context.h"
#include "services/dynamodb/core/item_keys.h"
#include "services/dynamodb/core/key_checks.h"
#include "services/dynamodb/core/refusals.h"
#include "services/dynamodb/items/item_requests.h"
#include "services/dynamodb/items/item_writes.h"
#include "store/store.h"

namespace ddblog::dynamodb {
namespace {

class BatchWriteItem {
 public:
  BatchWriteItem(rpc::RequestReader& request, Context& context);
  std::string run(Transaction& transaction) const;

 private:
  struct TableWrites {
    std::string table_name;
    std::vector<ItemWrite> writes;
  };

  Context& context_;
  CapacityReport capacity_ = CapacityReport::kNone;
  bool metrics_ = false;
  std::vector<TableWrites> tables_;
};

// One request of the batch, as its fields give it.
struct WriteRequest {
  explicit WriteRequest(rpc::ObjectReader& fields) {
    if (auto remove = fields.object("DeleteRequest", false, java::kDeleteRequest))
      key = deferItem(*remove, "Key", MessageStyle::kLegacy);
    if (auto put = fields.object("PutRequest", false, java::kPutRequest))
      item = deferItem(*put, "Item", MessageStyle::kLegacy);
  }

  ItemWrite take() {
    if (item.has_value() == key.has_value()) {
      throw validationError(
          "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported "
          "datatypes");
    }
    ItemWrite write = item ? ItemWrite::put(item->take()) : ItemWrite::remove(key->take());
    write.conflicts = false;
    return write;
  }

  std::optional<DeferredItem> key;
  std::optional<DeferredItem> item;
};

// At most 25 requests for all tables together. (The requests for one table were counted when they
// were read.)
void checkCounts(rpc::ObjectReader& fields, const std::vector<std::vector<WriteRequest>>& requests) {
  if (!fields.has("RequestItems")) return;
  if (requests.empty()) throw validationError("The requestItems parameter is required for BatchWriteItem");
  std::size_t count = 0;
  std::size_t most = 0;
  bool any_empty = false;
  for (const auto& of_table : requests) {
    count += of_table.size();
    most = std::max(most, of_table.size());
    any_empty = any_empty || of_table.empty();
  }
  if (any_empty || most > limits::kBatchWriteRequests || count <= limits::kBatchWriteRequests) return;
  fields.refuse(
      "RequestItems", json::serialize(*fields.jsonObject("RequestItems")),
      "Map value must satisfy constraint: [Member must have length less than or equal to 25, Member must have "
      "length greater than or equal to 1]");
}

// In a batch the message for a wrong key in a whole item is the one for a Key.
void checkWrite(const Table& table, const ItemWrite& write) {
  if (write.kind == ItemWrite::Kind::kDelete) return checkKey(table, write.item);
  if (!hasKey(table, write.item)) throw keyMismatch();
  checkItem(table, write.item);
}

void checkWrites(const Table& table, const std::vector<ItemWrite>& writes) {
  std::set<std::string> keys;
  for (const ItemWrite& write : writes) {
    checkWrite(table, write);
    if (!keys.insert(itemKey(table, write.item)).second) {
      throw validationError("Provided list of item keys contains duplicates");
    }
  }
}

BatchWriteItem::BatchWriteItem(rpc::RequestReader& request, Context& context) : context_(context) {
  rpc::ObjectReader& fields = request.fields();
  const rpc::ListRule of_table{.min = 1, .max = limits::kBatchWriteRequests};
  auto given = fields.objectListMap("RequestItems", {.required = true, .element = java::kWriteRequest}, of_table);
  std::vector<std::vector<WriteRequest>> requests;
  if (given) {
    for (auto& [name, list] : *given) {
      auto& of_table = requests.emplace_back();
      for (rpc::ObjectReader& one : list) of_table.emplace_back(one);
    }
  }
  checkCounts(fields, requests);
  capacity_ = readCapacityReport(fields);
  metrics_ = readMetricsWanted(fields);
  request.finish();
  if (!areTableNames(*fields.jsonObject("RequestItems"))) refuseTableNames(fields);
  request.finish();

  for (std::size_t i = 0; i < requests.size(); ++i) {
    TableWrites table{(*given)[i].first, {}};
    for (WriteRequest& one : requests[i]) table.writes.push_back(one.take());
    tables_.push_back(std::move(table));
  }
}

std::string BatchWriteItem::run(Transaction& transaction) const {
  std::vector<std::shared_ptr<const Table>> tables;
  for (const TableWrites& writes : tables_) tables.push_back(context_.catalog.get(transaction, writes.table_name));
  for (std::size_t i = 0; i < tables_.size(); ++i) checkWrites(*tables[i], tables_[i].writes);

  std::vector<std::pair<std::string, ConsumedCapacity>> consumed;
  for (std::size_t i = 0; i < tables_.size(); ++i) {
    ConsumedCapacity& of_table = consumed.emplace_back(tables_[i].table_name, ConsumedCapacity()).second;
    for (const ItemWrite& write : tables_[i].writes) {
      of_table.add(applyWrite(transaction, context_, *tables[i], write).capacity);
    }
  }

  std::string body;
  JsonWriter json(body);
  json.beginObject().key("UnprocessedItems").beginObject().endObject();
  if (metrics_) {
    json.key("ItemCollectionMetrics").beginObject();
    for (std::size_t i = 0; i < tables_.size(); ++i) {
      if (!hasItemCollections(*tables[i])) continue;
      std::vector<const Item*> items;
      for (const ItemWrite& write : tables_[i].writes) items.push_back(&write.item);
      json.key(tables_[i].table_name);
      writeItemCollections(json, *tables[i], items);
    }
    json.endObject();
  }
  writeConsumedCapacity(json, consumed, capacity_);
  json.endObject();
  return body;
}

}  // namespace

void addBatchWriteItem(rpc::JsonApi& service, Context& context) {
  rpc::addWrite<BatchWriteItem>(service, "BatchWriteItem", context);
}

}  // namespace ddblog::dynamodb
