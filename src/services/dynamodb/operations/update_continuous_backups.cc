#include "services/dynamodb/operations/update_continuous_backups.h"

#include "base/api_error.h"
#include "services/dynamodb/operations/describe_continuous_backups.h"
#include "services/dynamodb/tables/table_extras.h"
#include "services/dynamodb/tables/table_request.h"

namespace ddblog::dynamodb {

UpdateContinuousBackups::UpdateContinuousBackups(rpc::RequestReader& request, Context& context) : context_(context) {
  rpc::ObjectReader& fields = request.fields();
  name_ = readTableName(fields, context);
  auto specification = fields.object("PointInTimeRecoverySpecification", true,
                                     "com.amazonaws.dynamodb.v20120810.PointInTimeRecoverySpecification");
  if (specification) {
    enabled_ = specification->boolean("PointInTimeRecoveryEnabled", true).value_or(false);
    days_ = specification->integer("RecoveryPeriodInDays", {.min = 1, .max = 35});
  }
  request.finish();
  if (!enabled_ && days_) {
    throw validationError(
        "Invalid Request: Cannot specify RecoveryPeriodInDays when disabling point-in-time recovery.");
  }
}

std::string UpdateContinuousBackups::run(Transaction& transaction) const {
  const auto table = backedUpTable(transaction, context_, name_);
  std::optional<Backups> backups = backupsOf(transaction, table->id);
  if (!enabled_) {
    backups.reset();
  } else {
    if (!backups) backups.emplace().enabled_at = context_.clock.now();
    if (days_) backups->days = static_cast<int>(*days_);
  }
  putBackups(transaction, table->id, backups);
  return describeBackups(transaction, context_, *table);
}

}  // namespace ddblog::dynamodb
