#include "dynamodb/cancellation.h"

#include <string>

namespace ddblog::dynamodb {

CancellationReasons::CancellationReasons(std::size_t actions) : reasons_(actions, json::object{{"Code", "None"}}) {}

void CancellationReasons::note(std::size_t action, const ApiError& error) {
  json::object reason;
  if (error.type() == "ConditionalCheckFailedException") {
    reason["Code"] = "ConditionalCheckFailed";
  } else if (error.type() == "ValidationException") {
    reason["Code"] = "ValidationError";
  } else if (error.type() == "DuplicateItemException") {
    reason["Code"] = "DuplicateItem";
  } else if (error.type() == "ResourceNotFoundException") {
    reason["Code"] = "ResourceNotFound";
  } else if (error.type() == "TransactionConflictException") {
    reason["Code"] = "TransactionConflict";
  } else {
    throw error;
  }
  reason["Message"] = error.message();
  if (const json::value* item = error.fields().if_contains("Item")) reason["Item"] = *item;
  reasons_[action] = std::move(reason);
  any_ = true;
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
