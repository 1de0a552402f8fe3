#include "services/lambda/invocations/function_target.h"

namespace ddblog::lambda {

namespace {

// The name in an ARN of a function; empty: it is none.
std::string_view nameInArn(std::string_view arn) {
  constexpr std::string_view marker = ":function:";
  if (!arn.starts_with("arn:") || arn.find(":lambda:") == std::string_view::npos) return {};
  const std::size_t found = arn.find(marker);
  if (found == std::string_view::npos) return {};
  const std::string_view name = arn.substr(found + marker.size());
  return name.substr(0, name.find(':'));
}

}  // namespace

bool FunctionTarget::accepts(std::string_view target_arn) const { return !nameInArn(target_arn).empty(); }

void FunctionTarget::deliver(Transaction& transaction, const eventbridge::Delivery& delivery) {
  const FunctionPointer function = functions_.find(delivery.target_arn);
  queue_.enqueue(transaction, function ? std::string_view(function->name) : nameInArn(delivery.target_arn),
                 delivery.payload);
}

}  // namespace ddblog::lambda
