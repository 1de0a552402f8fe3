#include "clients/cpp/src/write_outcome.h"

#include <string>

namespace ddblog {
namespace {

// Whether a transaction was cancelled for this reason.
bool isCancelledFor(const ServiceError& error, const std::string& reason) {
  if (error.type() != "TransactionCanceledException") return false;
  return error.body().find('"' + reason + '"') != std::string::npos ||
         error.message().find(reason) != std::string::npos;
}

}  // namespace

bool isConditionFailure(const ServiceError& error) {
  return error.type() == "ConditionalCheckFailedException" || isCancelledFor(error, "ConditionalCheckFailed");
}

bool isPassing(const ServiceError& error) {
  if (error.type() == "TransactionConflictException") return true;
  return isCancelledFor(error, "TransactionConflict") || isCancelledFor(error, "ThrottlingError") ||
         isCancelledFor(error, "ProvisionedThroughputExceeded");
}

}  // namespace ddblog
