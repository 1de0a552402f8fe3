// DeleteItem: deletes an item if its condition holds. Deleting an item that does not exist does
// nothing.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DeleteItem.html
#include <string>

#include "base/api_error.h"
#include "item/stored_item.h"
#include "rpc/operation.h"
#include "rpc/request_reader.h"
#include "services/dynamodb/core/context.h"
#include "services/dynamodb/items/item_requests.h"
#include "services/dynamodb/items/item_writes.h"
#include "services/dynamodb/items/legacy_conditions.h"
#include "services/dynamodb/items/prepared_operation.h"
#include "store/store.h"

namespace ddblog::dynamodb {
namespace {

class DeleteItem {
 public:
  DeleteItem(rpc::RequestReader& request, Context& context);
  std::string run(Transaction& transaction) const;

  void prepare(const Reader& reader) { prepareWrite(reader, context_, parameters_.tableName(), write_); }
  void forgetPreparation() {
    write_.prepared = nullptr;
    write_.can_be_prepared = false;
  }

 private:
  Context& context_;
  WriteParameters parameters_;
  ItemWrite write_;
};

DeleteItem::DeleteItem(rpc::RequestReader& request, Context& context)
    : context_(context), parameters_(request.fields(), "Key") {
  LegacyConditions expected(request.fields(), LegacyConditions::kExpected);
  ExpressionParameters expressions(request.fields(), {"ConditionExpression"}, {"Expected", "ConditionalOperator"},
                                   {.style = MessageStyle::kCurrent, .names_malformed = true});
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
  write_.can_be_prepared = true;
}

std::string DeleteItem::run(Transaction& transaction) const {
  const auto table = context_.catalog.get(transaction, parameters_.tableName());
  const ItemChange change = applyWrite(transaction, context_, *table, write_);
  const bool returns_old = parameters_.returnsOld() && !change.old_image.empty();
  return writeAnswer(parameters_, *table, write_, change, returns_old ? storedItemJson(change.old_image) : "");
}

}  // namespace

void addDeleteItem(rpc::JsonApi& service, Context& context) {
  addPreparedWrite<DeleteItem>(service, "DeleteItem", context);
}

}  // namespace ddblog::dynamodb
