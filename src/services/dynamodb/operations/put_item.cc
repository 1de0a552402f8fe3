// PutItem: stores a whole item if its condition holds for the item that it replaces.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html
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

class PutItem {
 public:
  PutItem(rpc::RequestReader& request, Context& context);
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

PutItem::PutItem(rpc::RequestReader& request, Context& context)
    : context_(context), parameters_(request.fields(), "Item") {
  LegacyConditions expected(request.fields(), LegacyConditions::kExpected);
  ExpressionParameters expressions(request.fields(), {"ConditionExpression"}, {"Expected", "ConditionalOperator"},
                                   {.style = MessageStyle::kCurrent});
  MemberChecks checks(request);
  parameters_.checkPut(checks);
  checks.finish();

  Item given;
  std::optional<Condition> condition;
  inEnvelope([&] {
    given = parameters_.item.take();
    expressions.checkTogether(false);
    expressions.readSubstitutions();
    expected.checkOperator();
    condition = expressions.condition();
    if (parameters_.return_values && parameters_.return_values != "NONE" && !parameters_.returnsOld()) {
      throw validationError("ReturnValues can only be ALL_OLD or NONE");
    }
    if (auto legacy = expected.condition()) condition = std::move(legacy);
  });
  write_ = ItemWrite::put(std::move(given));
  write_.can_be_prepared = true;
  inEnvelope([&] { expressions.refuseUnused(); });
  write_.condition = std::move(condition);
  write_.returns_item_on_failure = parameters_.returnsItemOnFailure();
}

std::string PutItem::run(Transaction& transaction) const {
  const auto table = context_.catalog.get(transaction, parameters_.tableName());
  const ItemChange change = applyWrite(transaction, context_, *table, write_);
  const bool returns_old = parameters_.returnsOld() && !change.old_image.empty();
  return writeAnswer(parameters_, *table, write_, change, returns_old ? storedItemJson(change.old_image) : "");
}

}  // namespace

void addPutItem(rpc::JsonApi& service, Context& context) { addPreparedWrite<PutItem>(service, "PutItem", context); }

}  // namespace ddblog::dynamodb
