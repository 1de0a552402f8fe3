#include "services/dynamodb/operations/delete_item.h"

#include "base/api_error.h"
#include "item/stored_item.h"
#include "services/dynamodb/items/legacy_conditions.h"

namespace ddblog::dynamodb {

DeleteItem::DeleteItem(rpc::RequestReader& request, Context& context)
    : context_(context), parameters_(request.fields(), "Key") {
  LegacyConditions expected(request.fields(), LegacyConditions::kExpected);
  ExpressionParameters expressions(request.fields(), {"ConditionExpression"}, {"Expected", "ConditionalOperator"},
                                   {.words = ValueWords::kNewer, .names_malformed = true});
  MemberChecks checks(request);
  parameters_.checkDelete(checks);
  checks.finish();

  inEnvelope([&] {
    write_ = ItemWrite::remove(parameters_.item.take());
    expressions.checkTogether(false);
    expressions.readSubstitutions();
    write_.condition = expected.condition();
    if (auto parsed = expressions.condition()) write_.condition = std::move(parsed);
    expressions.refuseUnused();
  });
  write_.returns_item_on_failure = parameters_.returnsItemOnFailure();
}

std::string DeleteItem::run(Transaction& transaction) const {
  const auto table = context_.catalog.get(transaction, parameters_.tableName());
  const ItemChange change = carryOut(transaction, context_, *table, write_);
  const bool returns_old = parameters_.returnsOld() && !change.old_image.empty();
  return writeAnswer(parameters_, *table, write_, change, returns_old ? storedItemJson(change.old_image) : "");
}

}  // namespace ddblog::dynamodb
