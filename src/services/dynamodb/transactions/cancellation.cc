#include "services/dynamodb/transactions/cancellation.h"

#include <array>
#include <string>
#include <utility>

namespace ddblog::dynamodb {

std::string_view reasonCodeOf(const ApiError& error) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kCodes = {{
      {"ConditionalCheckFailedException", "ConditionalCheckFailed"},
      {"DuplicateItemException", "DuplicateItem"},
      {"ProvisionedThroughputExceededException", "ProvisionedThroughputExceeded"},
      {"ResourceNotFoundException", "ResourceNotFound"},
      {"TransactionConflictException", "TransactionConflict"},
      {"ValidationException", "ValidationError"},
  }};
  for (const auto& [type, code] : kCodes) {
    if (error.type() == type) return code;
  }
  return {};
}

CancellationReasons::CancellationReasons(std::size_t actions) : reasons_(actions, json::object{{"Code", "None"}}) {}

void CancellationReasons::note(std::size_t action, const ApiError& error) {
  const std::string_view code = reasonCodeOf(error);
  if (code.empty()) throw error;
  json::object reason{{"Code", code}};
  reason["Message"] = error.message();
  if (const json::value* item = error.fields().if_contains("Item")) reason["Item"] = *item;
  reasons_[action] = std::move(reason);
  any_ = true;
}

void CancellationReasons::noteKey(std::size_t action, const ApiError& error) {
  if (has_key_ && !reasonCodeOf(error).empty()) return;
  note(action, error);
  has_key_ = true;
}

void CancellationReasons::throwIfAny() const {
  if (!any_) return;
  std::string codes;
  json::array reasons;
  for (const json::object& reason : reasons_) {
    if (!codes.empty()) codes += ", ";
    codes += std::string_view(reason.at("Code").get_string());
    reasons.push_back(reason);
  }
  throw ApiError("TransactionCanceledException",
                 "Transaction cancelled, please refer cancellation reasons for specific reasons [" + codes + "]", 400,
                 {{"CancellationReasons", std::move(reasons)}});
}

}  // namespace ddblog::dynamodb
