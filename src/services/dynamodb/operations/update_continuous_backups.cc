// UpdateContinuousBackups: turns point-in-time recovery on or off (continuous_backups.h).
//
// Errors: constraints of single fields; RecoveryPeriodInDays when turning it off;
// TableNotFoundException.
#include <cstdint>
#include <optional>
#include <string>

#include "base/api_error.h"
#include "rpc/operation.h"
#include "rpc/request_reader.h"
#include "services/dynamodb/core/context.h"
#include "services/dynamodb/tables/continuous_backups.h"
#include "services/dynamodb/tables/table_extras.h"
#include "services/dynamodb/tables/table_request.h"

namespace ddblog::dynamodb {
namespace {

class UpdateContinuousBackups {
 public:
  UpdateContinuousBackups(rpc::RequestReader& request, Context& context);
  std::string run(Transaction& transaction) const;

 private:
  Context& context_;
  std::string name_;
  bool enabled_ = false;
  std::optional<std::int64_t> days_;
};

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

}  // namespace

void addUpdateContinuousBackups(rpc::JsonApi& service, Context& context) {
  rpc::addWrite<UpdateContinuousBackups>(service, "UpdateContinuousBackups", context);
}

}  // namespace ddblog::dynamodb
