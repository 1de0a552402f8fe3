// UpdateItem: changes parts of an item if its condition holds, and creates the item if it does not
// exist.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html
#include <string>

#include "base/api_error.h"
#include "expression/update_charge.h"
#include "item/limits.h"
#include "item/stored_item.h"
#include "item/wire_json.h"
#include "rpc/operation.h"
#include "rpc/request_reader.h"
#include "services/dynamodb/core/context.h"
#include "services/dynamodb/core/key_checks.h"
#include "services/dynamodb/items/item_requests.h"
#include "services/dynamodb/items/item_writes.h"
#include "services/dynamodb/items/legacy_conditions.h"
#include "services/dynamodb/items/legacy_updates.h"
#include "services/dynamodb/items/prepared_operation.h"
#include "store/store.h"

namespace ddblog::dynamodb {
namespace {

class UpdateItem {
 public:
  UpdateItem(rpc::RequestReader& request, Context& context);
  std::string run(Transaction& transaction) const;

  void prepare(const Reader& reader) { prepareWrite(reader, context_, parameters_.tableName(), write_); }
  void forgetPreparation() {
    write_.prepared = nullptr;
    write_.can_be_prepared = false;
  }

 private:
  std::string attributes(const ItemChange& change) const;  // those that ReturnValues asks for

  Context& context_;
  WriteParameters parameters_;
  ItemWrite write_;
};

UpdateItem::UpdateItem(rpc::RequestReader& request, Context& context)
    : context_(context), parameters_(request.fields(), "Key") {
  LegacyUpdates updates(request.fields());
  LegacyConditions expected(request.fields(), LegacyConditions::kExpected);
  ExpressionParameters expressions(request.fields(), {"UpdateExpression", "ConditionExpression"},
                                   {"AttributeUpdates", "Expected", "ConditionalOperator"},
                                   {.style = MessageStyle::kCurrent, .names_several = true});
  MemberChecks checks(request);
  parameters_.checkUpdate(checks, expected);

  write_.kind = ItemWrite::Kind::kUpdate;
  inEnvelope([&] {
    write_.item = parameters_.item.take();
    expressions.checkTogether(false);
    expressions.readSubstitutions();
    expected.checkOperator();
    updates.checkValues();
  });
  write_.update = updates.update();
  inEnvelope([&] {
    write_.condition = expected.condition();
    expressions.refuseEmptyCondition();
    if (auto parsed = expressions.update()) write_.update = std::move(parsed);
    if (auto parsed = expressions.condition()) write_.condition = std::move(parsed);
    expressions.refuseUnused();
  });
  write_.returns_item_on_failure = parameters_.returnsItemOnFailure();
  write_.can_be_prepared = true;
}

std::string UpdateItem::attributes(const ItemChange& change) const {
  const OptionalString& wanted = parameters_.return_values;
  const bool old = wanted == "ALL_OLD" || wanted == "UPDATED_OLD";
  const std::string& image = old ? change.old_image : change.new_image;
  if (!wanted || wanted == "NONE" || image.empty()) return {};
  if (wanted == "ALL_OLD" || wanted == "ALL_NEW") return storedItemJson(image);
  if (!write_.update) return {};
  const Item parts = touchedParts(*write_.update, decodeItem(image));
  return parts.empty() ? std::string() : itemJson(parts);
}

std::string UpdateItem::run(Transaction& transaction) const {
  const auto table = context_.catalog.get(transaction, parameters_.tableName());
  checkKey(*table, write_.item);
  if (write_.update && !write_.update->legacy && requestCharge(*write_.update) > limits::kItemBytes) {
    throw validationError("Item size to update has exceeded the maximum allowed size");
  }
  const ItemChange change = applyWrite(transaction, context_, *table, write_);
  return writeAnswer(parameters_, *table, write_, change, attributes(change));
}

}  // namespace

void addUpdateItem(rpc::JsonApi& service, Context& context) {
  addPreparedWrite<UpdateItem>(service, "UpdateItem", context);
}

}  // namespace ddblog::dynamodb
