#include "dynamodb/operations/delete_item.h"

#include "base/api_error.h"
#include "dynamodb/legacy_conditions.h"

namespace ddblog::dynamodb {

DeleteItem::DeleteItem(api::RequestReader& request, Context& context)
    : context_(context), parameters_(request.fields(), "Key") {
  LegacyConditions expected(request.fields(), LegacyConditions::kExpected);
  ExpressionParameters expressions(request.fields(), {"ConditionExpression"}, {"Expected", "ConditionalOperator"});
  request.finish();
  expressions.checkTogether();

  write_ = ItemWrite::remove(parameters_.item.take());
  write_.returns_item_on_failure = parameters_.returns_item_on_failure;
  if (parameters_.return_values != "NONE" && parameters_.return_values != "ALL_OLD") {
    throw validationError("ReturnValues can only be ALL_OLD or NONE");
  }
  const std::optional<Condition> legacy = expected.condition();
  expressions.readSubstitutions();
  write_.condition = expressions.condition();
  expressions.refuseUnused();
  if (legacy) write_.condition = legacy;
}

std::string DeleteItem::run(Transaction& transaction) const {
  const auto table = context_.catalog.get(transaction, parameters_.table_name);
  const ItemChange change = carryOut(transaction, context_, *table, write_);
  const bool returns_old = parameters_.return_values == "ALL_OLD" && !change.old_image.empty();
  return writeAnswer(parameters_, *table, write_, change, returns_old ? storedItemJson(change.old_image) : "");
}

}  // namespace ddblog::dynamodb
