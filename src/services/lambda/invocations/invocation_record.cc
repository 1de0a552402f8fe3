#include "services/lambda/invocations/invocation_record.h"

#include <stdexcept>

#include "base/json.h"
#include "base/json_writer.h"
#include "base/utf8.h"

namespace ddblog::lambda {

std::string asJson(std::string_view text) {
  try {
    parseJson(text);
    return std::string(text);
  } catch (const std::invalid_argument&) {
    std::string quoted;
    appendJsonString(quoted, validUtf8(text));
    return quoted;
  }
}

std::string toJson(const InvocationRecord& record) {
  std::string text;
  JsonWriter json(text);
  json.beginObject().key("version").value("1.0").key("timestamp").value(toIso8601(record.at, true));
  json.key("requestContext").beginObject();
  json.key("requestId").value(record.request_id);
  json.key("functionArn").value(record.function_arn);
  json.key("condition").value(record.condition);
  json.key("approximateInvokeCount").value(record.attempts);
  json.endObject();
  json.key("requestPayload").raw(asJson(record.request_payload));
  if (record.has_response) {
    json.key("responseContext").beginObject().key("statusCode").value(200);
    json.key("executedVersion").value(record.executed_version);
    if (record.function_error) json.key("functionError").value("Unhandled");
    json.endObject();
    json.key("responsePayload").raw(asJson(record.response_payload));
  }
  json.endObject();
  return text;
}

bool reportsItemFailures(std::string_view answer) {
  try {
    const json::value parsed = parseJson(answer);
    const json::value* failures = parsed.is_object() ? parsed.get_object().if_contains("batchItemFailures") : nullptr;
    return failures && failures->is_array() && !failures->get_array().empty();
  } catch (const std::invalid_argument&) {
    return false;
  }
}

rpc::EventEnvelope resultEnvelope(const std::string& destination_arn, const std::string& function_arn, bool success) {
  return {"lambda",
          std::string("Lambda Function Invocation Result - ") + (success ? "Success" : "Failure"),
          {destination_arn, function_arn}};
}

std::string deliverResult(const rpc::Recipients& recipients, Transaction& transaction, const rpc::Message& message) {
  try {
    rpc::Message sent = message;
    sent.sender_service = "lambda.amazonaws.com";
    const auto failure = recipients.deliver(transaction, sent);
    return failure ? failure->code + ": " + failure->message : std::string();
  } catch (const StoreFailed&) {
    throw;
  } catch (const std::exception& error) {
    return message.recipient_arn + " did not take it: " + error.what();
  }
}

}  // namespace ddblog::lambda
