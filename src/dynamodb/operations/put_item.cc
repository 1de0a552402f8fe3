#include "dynamodb/operations/put_item.h"

#include "base/api_error.h"
#include "dynamodb/legacy_conditions.h"

namespace ddblog::dynamodb {

PutItem::PutItem(api::RequestReader& request, Context& context)
    : context_(context), parameters_(request.fields(), "Item") {
  LegacyConditions expected(request.fields(), LegacyConditions::kExpected);
  ExpressionParameters expressions(request.fields(), {"ConditionExpression"}, {"Expected", "ConditionalOperator"});
  request.finish();
  expressions.checkTogether();

  Item given = parameters_.item.take();
  if (parameters_.return_values != "NONE" && parameters_.return_values != "ALL_OLD") {
    throw validationError("ReturnValues can only be ALL_OLD or NONE");
  }
  write_ = ItemWrite::put(std::move(given));
  write_.returns_item_on_failure = parameters_.returns_item_on_failure;
  const std::optional<Condition> legacy = expected.condition();
  expressions.readSubstitutions();
  write_.condition = expressions.condition();
  expressions.refuseUnused();
  if (legacy) write_.condition = legacy;
}

std::string PutItem::run(Transaction& transaction) const {
  const auto table = context_.catalog.get(transaction, parameters_.table_name);
  const ItemChange change = carryOut(transaction, context_, *table, write_);
  const bool returns_old = parameters_.return_values == "ALL_OLD" && !change.old_image.empty();
  return writeAnswer(parameters_, *table, write_, change, returns_old ? storedItemJson(change.old_image) : "");
}

}  // namespace ddblog::dynamodb
