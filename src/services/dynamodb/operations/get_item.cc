// GetItem: returns one item by its key, or nothing if it does not exist.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_GetItem.html
#include <optional>
#include <string>

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
#include "services/dynamodb/items/item_requests.h"
#include "store/store.h"

namespace ddblog::dynamodb {
namespace {

class GetItem {
 public:
  GetItem(rpc::RequestReader& request, Context& context);
  std::string run(const Reader& reader) const;

 private:
  Context& context_;
  std::string table_name_;
  CapacityReport capacity_ = CapacityReport::kNone;
  bool consistent_ = false;
  Item key_;
  std::optional<Projection> projection_;
};

GetItem::GetItem(rpc::RequestReader& request, Context& context) : context_(context) {
  rpc::ObjectReader& fields = request.fields();
  DeferredItem key = deferItem(fields, "Key", MessageStyle::kCurrent, false);
  const OptionalString table = fields.string("TableName");
  const OptionalString capacity = fields.string("ReturnConsumedCapacity");
  consistent_ = fields.boolean("ConsistentRead").value_or(false);
  ExpressionParameters expressions(fields, {"ProjectionExpression"}, {"AttributesToGet"},
                                   {.style = MessageStyle::kCurrent});
  MemberChecks checks(request);
  checks.emptyTableName(table);
  checks.finish();
  checks.present(fields.has("Key"), "key");
  checks.tableName(table);
  checks.capacity(capacity);
  const std::vector<std::string> attributes_to_get = readAttributesToGet(fields);
  checks.finish();
  table_name_ = *table;
  capacity_ = capacityReport(capacity);
  expressions.checkTogether();

  key_ = key.take();
  refuseDuplicateAttributes(attributes_to_get);
  expressions.readSubstitutions();
  projection_ = expressions.projection();
  expressions.refuseUnused();
  if (!attributes_to_get.empty()) projection_ = Projection::ofAttributes(attributes_to_get);
}

std::string GetItem::run(const Reader& reader) const {
  const auto table = context_.catalog.get(reader, table_name_);
  checkKey(*table, key_);
  if (projection_) checkPaths(*table, *projection_);
  const std::optional<std::string> stored = reader.get(itemKey(*table, key_));

  std::string body;
  JsonWriter json(body);
  json.beginObject();
  if (stored) {
    json.key("Item");
    if (projection_) {
      writeItem(json, project(*projection_, decodeItem(*stored)));
    } else {
      writeStoredItem(json, *stored);
    }
  }
  if (capacity_ != CapacityReport::kNone) {
    ConsumedCapacity consumed;
    consumed.addTable(readUnits(stored ? storedItemSize(*stored) : 0, consistent_));
    json.key("ConsumedCapacity");
    consumed.write(json, table_name_, capacity_);
  }
  json.endObject();
  return body;
}

}  // namespace

void addGetItem(rpc::JsonApi& service, Context& context) { rpc::addRead<GetItem>(service, "GetItem", context); }

}  // namespace ddblog::dynamodb
