#include "services/dynamodb/core/batch_faults.h"

#include <string>

namespace ddblog::dynamodb {

bool isLeftUndone(const Context& context, std::string_view operation, std::string_view table, std::string_view part) {
  if (!context.faults || !context.faults->wants(Fault::kPartialFailure)) return false;
  std::string identity(operation);
  identity.append("\n").append(table).append("\n").append(part);
  return context.faults->strike(Fault::kPartialFailure, identity).has_value();
}

// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
ApiError throughputExceeded() {
  return {"ProvisionedThroughputExceededException",
          "The level of configured provisioned throughput for the table was exceeded. Consider increasing your "
          "provisioning level with the UpdateTable API."};
}

}  // namespace ddblog::dynamodb
