#include "services/scheduler/schedules/universal_targets.h"

#include <algorithm>
#include <array>

#include "base/api_error.h"
#include "base/json.h"

namespace ddblog::scheduler {
namespace {

constexpr std::string_view kPrefix = "arn:aws:scheduler:::aws-sdk:";

// Errors that another attempt may not have, although their status is 400.
constexpr std::array<std::string_view, 5> kTemporary = {"ProvisionedThroughputExceededException", "RequestThrottled",
                                                        "ThrottlingException", "TransactionConflictException",
                                                        "TransactionInProgressException"};

// Actions that only read, which AWS does not take as targets, begin so.
constexpr std::array<std::string_view, 7> kReading = {"get", "describe", "list", "receive", "scan", "query", "select"};

struct Action {
  rpc::TransactedOperations* service = nullptr;  // nullptr: the ARN names no operation that is here
  std::string operation;
};

Action find(const rpc::OperationRegistry& operations, std::string_view arn) {
  if (!UniversalTargets::isUniversal(arn)) return {};
  arn.remove_prefix(kPrefix.size());
  const std::size_t colon = arn.find(':');
  if (colon == std::string_view::npos) return {};
  const std::string_view action = arn.substr(colon + 1);
  const auto begins = [&](std::string_view word) { return action.starts_with(word); };
  if (action.empty() || action.front() < 'a' || action.front() > 'z') return {};
  if (std::ranges::any_of(kReading, begins)) return {};
  std::string operation(action);
  operation.front() = static_cast<char>(operation.front() - 'a' + 'A');
  rpc::TransactedOperations* service = operations.find(arn.substr(0, colon));
  if (!service || !service->has(operation)) return {};
  return {service, std::move(operation)};
}

rpc::DeliveryFailure failureOf(const ApiError& error) {
  const bool is_temporary = error.status() >= 500 || std::ranges::find(kTemporary, error.type()) != kTemporary.end();
  return {error.type(), error.message(), !is_temporary};
}

bool isFilled(const json::object& answer, const char* member) {
  const json::value* value = answer.if_contains(member);
  if (!value) return false;
  return (value->is_array() && !value->get_array().empty()) || (value->is_object() && !value->get_object().empty());
}

// Whether a batch's answer says that a part of it failed: SQS's, EventBridge's, DynamoDB's two.
bool namesFailures(const std::string& text) {
  if (text.empty()) return false;
  const json::value parsed = parseJson(text);
  if (!parsed.is_object()) return false;
  const json::object& answer = parsed.get_object();
  if (isFilled(answer, "Failed") || isFilled(answer, "UnprocessedItems")) return true;
  const json::value* count = answer.if_contains("FailedEntryCount");
  if (count && count->is_int64() && count->get_int64() > 0) return true;
  const json::value* responses = answer.if_contains("Responses");
  if (!responses || !responses->is_array()) return false;
  return std::ranges::any_of(responses->get_array(), [](const json::value& response) {
    return response.is_object() && isFilled(response.get_object(), "Error");
  });
}

}  // namespace

bool UniversalTargets::isUniversal(std::string_view arn) { return arn.starts_with(kPrefix); }

bool UniversalTargets::accepts(std::string_view arn) const { return find(operations_, arn).service != nullptr; }

std::optional<rpc::DeliveryFailure> UniversalTargets::deliver(Transaction& transaction, const rpc::Message& message) {
  const Action action = find(operations_, message.recipient_arn);
  try {
    const std::string answer = action.service->call(transaction, action.operation, message.body.text());
    if (namesFailures(answer)) {
      warn_(message.sender_arn + ": " + action.operation + " failed in part, and is not tried again: " + answer);
    }
  } catch (const ApiError& error) {
    return failureOf(error);
  }
  return std::nullopt;
}

}  // namespace ddblog::scheduler
