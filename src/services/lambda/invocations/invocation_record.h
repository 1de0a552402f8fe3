// The record of an asynchronous invocation, as a destination receives it:
//
//   {"version": "1.0", "timestamp": …,
//    "requestContext": {requestId, functionArn, condition, approximateInvokeCount},
//    "requestPayload": …,
//    "responseContext": {statusCode, executedVersion, functionError},
//    "responsePayload": …}
//
// Payloads keep their bytes; a payload that is not JSON becomes a JSON string.
// Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
// Thread safety: stateless functions; deliverResult runs on the writer thread.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "rpc/recipients.h"

namespace ddblog::lambda {

struct InvocationRecord {
  Timestamp at;
  std::string request_id;
  std::string function_arn;  // with a qualifier
  std::string executed_version;
  std::string condition;  // "Success", "RetriesExhausted", "EventAgeExceeded"
  int attempts = 0;
  std::string request_payload;
  bool has_response = false;  // false: it was never attempted
  bool function_error = false;
  std::string response_payload;
};

std::string toJson(const InvocationRecord& record);

// The envelope that makes the record an event on a bus: source "lambda", with the destination's and
// the function's ARN as resources.
rpc::EventEnvelope resultEnvelope(const std::string& destination_arn, const std::string& function_arn, bool success);

// Delivers a record, or a message for a dead-letter queue. If that is not possible, the message is
// lost and the rest of the transaction is unaffected: returns why, in words for the log, or an empty
// string. Throws StoreFailed.
std::string deliverResult(const rpc::Recipients& recipients, Transaction& transaction, const rpc::Message& message);

// Whether a function's answer to a batch reports failed records: {"batchItemFailures": [{…}, …]}.
bool reportsItemFailures(std::string_view answer);

// `text` if it is JSON, otherwise as a JSON string.
std::string asJson(std::string_view text);

}  // namespace ddblog::lambda
