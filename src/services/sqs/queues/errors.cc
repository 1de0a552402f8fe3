#include "services/sqs/queues/errors.h"

#include <algorithm>
#include <array>
#include <utility>

#include "services/sqs/queues/limits.h"

namespace ddblog::sqs {

namespace {

struct QueryCode {
  std::string_view type;
  std::string_view code;
};

// Types whose code is another one.
constexpr std::array kCodes = {
    QueryCode{"BatchEntryIdsNotDistinct", "AWS.SimpleQueueService.BatchEntryIdsNotDistinct"},
    QueryCode{"BatchRequestTooLong", "AWS.SimpleQueueService.BatchRequestTooLong"},
    QueryCode{"EmptyBatchRequest", "AWS.SimpleQueueService.EmptyBatchRequest"},
    QueryCode{"InvalidBatchEntryId", "AWS.SimpleQueueService.InvalidBatchEntryId"},
    QueryCode{"InvalidParameterValueException", "InvalidParameterValue"},
    QueryCode{"MissingRequiredParameterException", "MissingParameter"},
    QueryCode{"PurgeQueueInProgress", "AWS.SimpleQueueService.PurgeQueueInProgress"},
    QueryCode{"QueueDeletedRecently", "AWS.SimpleQueueService.QueueDeletedRecently"},
    QueryCode{"QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"},
    QueryCode{"QueueNameExists", "QueueAlreadyExists"},
    QueryCode{"TooManyEntriesInBatchRequest", "AWS.SimpleQueueService.TooManyEntriesInBatchRequest"},
    QueryCode{"UnsupportedOperation", "AWS.SimpleQueueService.UnsupportedOperation"},
};

std::string codeOf(const std::string& type) {
  const auto* found =
      std::find_if(kCodes.begin(), kCodes.end(), [&](const QueryCode& one) { return one.type == type; });
  return found == kCodes.end() ? type : std::string(found->code);
}

}  // namespace

ApiError queueDoesNotExist() { return {"QueueDoesNotExist", "The specified queue does not exist."}; }

ApiError queueDeletedRecently() {
  return {"QueueDeletedRecently",
          "You must wait 60 seconds after deleting a queue before you can create another with the same name."};
}

ApiError queueNameExists(std::string_view attribute) {
  return {"QueueNameExists",
          "A queue already exists with the same name and a different value for attribute " + std::string(attribute)};
}

ApiError invalidAttributeName(std::string message) { return {"InvalidAttributeName", std::move(message)}; }

ApiError invalidAttributeValue(std::string_view name, std::string_view reason) {
  std::string message = "Invalid value for the parameter " + std::string(name) + ".";
  if (!reason.empty()) message.append(" Reason: ").append(reason);
  return {"InvalidAttributeValue", std::move(message)};
}

ApiError invalidParameter(std::string message) { return {"InvalidParameterValueException", std::move(message)}; }

ApiError invalidParameter(std::string_view value, std::string_view parameter, std::string_view reason) {
  return invalidParameter("Value " + std::string(value) + " for parameter " + std::string(parameter) +
                          " is invalid. Reason: " + std::string(reason));
}

ApiError missingParameter(std::string_view parameter) {
  return {"MissingRequiredParameterException",
          "The request must contain the parameter " + std::string(parameter) + "."};
}

ApiError invalidMessageContents() {
  return {
      "InvalidMessageContents",
      "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | "
      "#x10000 to #x10FFFF"};
}

ApiError invalidReceiptHandle(std::string_view handle) {
  return {"ReceiptHandleIsInvalid",
          "The input receipt handle \"" + std::string(handle) + "\" is not a valid receipt handle.", 404};
}

ApiError tooManyInFlight() {
  return overLimit("Too many messages in flight: the maximum is " + std::to_string(limits::kInFlight) + ".");
}

ApiError noSuchResource(std::string message) { return {"ResourceNotFoundException", std::move(message), 404}; }
ApiError overLimit(std::string message) { return {"OverLimit", std::move(message), 403}; }
ApiError requestThrottled() { return {"RequestThrottled", "Rate exceeded", 403}; }
ApiError entryFailed() { return {"InternalError", "We encountered an internal error. Please try again.", 500}; }

ApiError unsupportedOperation(std::string message) { return {"UnsupportedOperation", std::move(message)}; }

rpc::QueryError queryError(const ApiError& error) {
  if (error.type() == "QueueDoesNotExist") {
    return {codeOf(error.type()), "The specified queue does not exist for this wsdl version."};
  }
  return {codeOf(error.type()), error.message()};
}

Headers queryErrorHeader(const ApiError& error) {
  return {{"x-amzn-query-error", codeOf(error.type()) + (error.status() >= 500 ? ";Receiver" : ";Sender")}};
}

}  // namespace ddblog::sqs
