#include "rpc/operation_recipient.h"

#include <algorithm>
#include <array>

namespace ddblog::rpc {

namespace {

// Errors that another attempt may not have, although their status is 400.
constexpr std::array<std::string_view, 5> kTemporary = {"ProvisionedThroughputExceededException", "RequestThrottled",
                                                        "ThrottlingException", "TransactionConflictException",
                                                        "TransactionInProgressException"};

// Actions that only read, which AWS does not take as targets, begin so.
constexpr std::array<std::string_view, 7> kReading = {"get", "describe", "list", "receive", "scan", "query", "select"};

// The operation's name in an ARN, where it begins with a lower case letter; empty: there is none.
std::string operationOf(std::string_view action) {
  const auto begins = [&](std::string_view word) { return action.starts_with(word); };
  if (action.empty() || action.front() < 'a' || action.front() > 'z') return {};
  if (std::ranges::any_of(kReading, begins)) return {};
  std::string operation(action);
  operation.front() = static_cast<char>(operation.front() - 'a' + 'A');
  return operation;
}

}  // namespace

DeliveryFailure failureOf(const ApiError& error) {
  const bool is_temporary = error.status() >= 500 || std::ranges::find(kTemporary, error.type()) != kTemporary.end();
  return {error.type(), error.message(), !is_temporary};
}

const JsonApi::Operation* OperationRecipient::find(std::string_view arn) const {
  if (!arn.starts_with(prefix_)) return nullptr;
  const JsonApi::Operation* operation = api_.findOperation(operationOf(arn.substr(prefix_.size())));
  return operation && operation->transacted ? operation : nullptr;
}

std::optional<DeliveryFailure> OperationRecipient::deliver(Transaction& transaction, const Message& message) {
  Request request;
  request.operation = operationOf(std::string_view(message.recipient_arn).substr(prefix_.size()));
  request.body = message.body.text();
  request.request_id = ids_.requestId();
  const JsonApi::Transacted& run = find(message.recipient_arn)->transacted;
  try {
    transaction.attempt([&] { run(transaction, request); });
  } catch (const ApiError& error) {
    return failureOf(error);
  }
  return std::nullopt;
}

}  // namespace ddblog::rpc
