// SQS's errors. Each function returns the error; the caller throws it.
//
// The types are those of the JSON protocol. The query protocol has another code for most of them,
// which JSON's header x-amzn-query-error names too.
// Source: the API model's awsQueryError traits; answers recorded from AWS.
//
// Thread safety: pure functions.
#pragma once

#include <string>
#include <string_view>

#include "base/api_error.h"
#include "rpc/query_api.h"

namespace ddblog::sqs {

ApiError queueDoesNotExist();
ApiError queueDeletedRecently();
ApiError queueNameExists(std::string_view attribute);
ApiError invalidAttributeName(std::string message);
ApiError invalidAttributeValue(std::string_view name, std::string_view reason = {});
ApiError invalidParameter(std::string message);
// "Value 11 for parameter MaxNumberOfMessages is invalid. Reason: Must be …"
ApiError invalidParameter(std::string_view value, std::string_view parameter, std::string_view reason);
ApiError missingParameter(std::string_view parameter);
ApiError invalidMessageContents();
ApiError invalidReceiptHandle(std::string_view handle);
ApiError tooManyInFlight();
ApiError noSuchResource(std::string message);
ApiError overLimit(std::string message);
ApiError requestThrottled();
// Of an entry of a batch: nobody's fault but the queue's.
ApiError entryFailed();
ApiError unsupportedOperation(std::string message);

// An error's code and message in the query protocol.
rpc::QueryError queryError(const ApiError& error);
// JSON's header: "AWS.SimpleQueueService.NonExistentQueue;Sender".
Headers queryErrorHeader(const ApiError& error);

}  // namespace ddblog::sqs
