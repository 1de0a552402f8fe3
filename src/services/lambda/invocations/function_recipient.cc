#include "services/lambda/invocations/function_recipient.h"

namespace ddblog::lambda {

namespace {

// The function name in an ARN; empty: not a function's ARN.
std::string_view nameInArn(std::string_view arn) {
  constexpr std::string_view marker = ":function:";
  if (!arn.starts_with("arn:") || arn.find(":lambda:") == std::string_view::npos) return {};
  const std::size_t found = arn.find(marker);
  if (found == std::string_view::npos) return {};
  const std::string_view name = arn.substr(found + marker.size());
  return name.substr(0, name.find(':'));
}

}  // namespace

bool FunctionRecipient::accepts(std::string_view arn) const { return !nameInArn(arn).empty(); }

std::optional<rpc::DeliveryFailure> FunctionRecipient::deliver(Transaction& transaction, const rpc::Message& message) {
  queue_.enqueue(transaction, nameInArn(message.recipient_arn), message.body);
  return std::nullopt;
}

}  // namespace ddblog::lambda
