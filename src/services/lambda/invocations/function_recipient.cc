#include "services/lambda/invocations/function_recipient.h"

namespace ddblog::lambda {

namespace {

// The function's name in an ARN, with a qualifier unless that is $LATEST; empty: not a function's ARN.
std::string_view nameInArn(std::string_view arn) {
  constexpr std::string_view marker = ":function:";
  if (!arn.starts_with("arn:") || arn.find(":lambda:") == std::string_view::npos) return {};
  const std::size_t found = arn.find(marker);
  if (found == std::string_view::npos) return {};
  const std::string_view name = arn.substr(found + marker.size());
  return name.substr(0, name.find(":$LATEST"));
}

}  // namespace

bool FunctionRecipient::accepts(std::string_view arn) const { return !nameInArn(arn).empty(); }

std::optional<rpc::DeliveryFailure> FunctionRecipient::deliver(Transaction& transaction, const rpc::Message& message) {
  const std::string_view name = nameInArn(message.recipient_arn);
  if (!functions_.find(transaction, name)) {
    return rpc::DeliveryFailure{"NO_RESOURCE", "there is no function " + message.recipient_arn};
  }
  const auto attribute = [&message](const char* name) {
    const auto found = message.attributes.find(name);
    return found == message.attributes.end() ? std::string() : found->second;
  };
  queue_.enqueue(transaction, name, message.body, {}, attribute(kClientContext),
                 attribute(kFunctionResponseTypes) == kReportBatchItemFailures);
  return std::nullopt;
}

}  // namespace ddblog::lambda
