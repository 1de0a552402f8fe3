// TransactGetItems: up to 100 items of several tables at one point in time.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactGetItems.html
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/api_error.h"
#include "base/limits.h"
#include "expression/projection.h"
#include "item/attribute_value.h"
#include "item/stored_item.h"
#include "item/wire_json.h"
#include "rpc/operation.h"
#include "rpc/request_reader.h"
#include "services/dynamodb/core/capacity.h"
#include "services/dynamodb/core/context.h"
#include "services/dynamodb/core/item_keys.h"
#include "services/dynamodb/core/key_checks.h"
#include "services/dynamodb/core/table.h"
#include "services/dynamodb/items/item_requests.h"
#include "services/dynamodb/transactions/cancellation.h"
#include "services/dynamodb/transactions/transacted_items.h"
#include "store/store.h"

namespace ddblog::dynamodb {
namespace {

class TransactGetItems {
 public:
  TransactGetItems(rpc::RequestReader& request, Context& context);
  std::string run(const Reader& reader) const;

 private:
  struct Get {
    std::string table_name;
    Item key;
    std::optional<Projection> projection;
  };
  using Tables = std::vector<std::shared_ptr<const Table>>;  // one for each get

  void checkKeys(const Tables& tables) const;

  Context& context_;
  CapacityReport capacity_ = CapacityReport::kNone;
  std::vector<Get> gets_;
};

struct GetRequest {
  explicit GetRequest(rpc::ObjectReader& fields)
      : key(deferItem(fields, "Key", MessageStyle::kLegacy)),
        table_name(fields.string("TableName", {.required = true}).value_or("")),
        path(fields.path("TableName")),
        expressions(fields, {"ProjectionExpression"}, {}, {}) {}

  DeferredItem key;
  std::string table_name;
  std::string path;  // of the table's name
  ExpressionParameters expressions;
};

TransactGetItems::TransactGetItems(rpc::RequestReader& request, Context& context) : context_(context) {
  auto given = request.fields().objects(
      "TransactItems",
      {.required = true, .min = 1, .max = limits::kTransactActions, .element = java::kTransactGetItem});
  std::vector<GetRequest> requests;
  if (given) {
    for (rpc::ObjectReader& one : *given) {
      if (auto get = one.object("Get", true)) requests.emplace_back(*get);
    }
  }
  capacity_ = readCapacityReport(request.fields());
  request.finish();
  MemberChecks checks(request);
  for (const GetRequest& one : requests) checks.nestedTableName(one.table_name, one.path);
  checks.finish();

  for (GetRequest& one : requests) {
    one.expressions.checkTogether();
    Get get{one.table_name, one.key.take(), std::nullopt};
    one.expressions.readSubstitutions();
    get.projection = one.expressions.projection();
    one.expressions.refuseUnused();
    gets_.push_back(std::move(get));
  }
}

void TransactGetItems::checkKeys(const Tables& tables) const {
  CancellationReasons cancellation(gets_.size());
  DifferentItems items;
  for (std::size_t i = 0; i < gets_.size(); ++i) {
    try {
      checkKey(*tables[i], gets_[i].key);
      if (gets_[i].projection) checkPaths(*tables[i], *gets_[i].projection);
    } catch (const ApiError& error) {
      cancellation.noteKey(i, error);
      continue;
    }
    items.add(*tables[i], gets_[i].key);
  }
  cancellation.throwIfAny();
}

std::string TransactGetItems::run(const Reader& reader) const {
  Tables tables;
  for (const Get& get : gets_) tables.push_back(context_.catalog.get(reader, get.table_name));
  checkKeys(tables);

  TransactedItems items;
  std::string body;
  JsonWriter json(body);
  json.beginObject().key("Responses").beginArray();
  for (std::size_t i = 0; i < gets_.size(); ++i) {
    const auto stored = reader.get(itemKey(*tables[i], gets_[i].key));
    items.addRead(gets_[i].table_name, stored ? storedItemSize(*stored) : 0);
    json.beginObject();
    if (stored && gets_[i].projection) {
      const Item projected = project(*gets_[i].projection, decodeItem(*stored));
      if (!projected.empty()) {
        json.key("Item");
        writeItem(json, projected);
      }
    } else if (stored) {
      json.key("Item");
      writeStoredItem(json, *stored);
    }
    json.endObject();
  }
  items.checkBytesRead();
  json.endArray();
  writeConsumedCapacity(json, items.consumed(), capacity_, CapacityKind::kTransactionalRead);
  json.endObject();
  return body;
}

}  // namespace

void addTransactGetItems(rpc::JsonApi& service, Context& context) {
  rpc::addRead<TransactGetItems>(service, "TransactGetItems", context);
}

}  // namespace ddblog::dynamodb
