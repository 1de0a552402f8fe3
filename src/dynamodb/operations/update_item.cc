#include "dynamodb/operations/update_item.h"

#include "dynamodb/legacy_conditions.h"
#include "dynamodb/legacy_updates.h"
#include "item/stored_item.h"

namespace ddblog::dynamodb {

UpdateItem::UpdateItem(api::RequestReader& request, Context& context)
    : context_(context), parameters_(request.fields(), "Key") {
  LegacyUpdates updates(request.fields());
  LegacyConditions expected(request.fields(), LegacyConditions::kExpected);
  ExpressionParameters expressions(request.fields(), {"UpdateExpression", "ConditionExpression"},
                                   {"AttributeUpdates", "Expected", "ConditionalOperator"});
  request.finish();
  expressions.checkTogether();

  write_.kind = ItemWrite::Kind::kUpdate;
  write_.item = parameters_.item.take();
  write_.returns_item_on_failure = parameters_.returns_item_on_failure;
  const std::optional<Update> legacy_update = updates.update();
  const std::optional<Condition> legacy_condition = expected.condition();
  expressions.readSubstitutions();
  write_.update = expressions.update();
  write_.condition = expressions.condition();
  expressions.refuseUnused();
  if (legacy_update) write_.update = legacy_update;
  if (legacy_condition) write_.condition = legacy_condition;
}

std::string UpdateItem::attributes(const ItemChange& change) const {
  const std::string& wanted = parameters_.return_values;
  const bool old = wanted == "ALL_OLD" || wanted == "UPDATED_OLD";
  const std::string& image = old ? change.old_image : change.new_image;
  if (wanted == "NONE" || image.empty()) return {};
  if (wanted == "ALL_OLD" || wanted == "ALL_NEW") return storedItemJson(image);
  if (!write_.update) return {};
  const Item parts = touchedParts(*write_.update, decodeItem(image));
  return parts.empty() ? std::string() : itemJson(parts);
}

std::string UpdateItem::run(Transaction& transaction) const {
  const auto table = context_.catalog.get(transaction, parameters_.table_name);
  const ItemChange change = carryOut(transaction, context_, *table, write_);
  return writeAnswer(parameters_, *table, write_, change, attributes(change));
}

}  // namespace ddblog::dynamodb
