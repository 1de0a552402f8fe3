#include "services/lambda/invocations/invoke_target.h"

#include <stdexcept>
#include <string>

#include "base/base64.h"
#include "base/json.h"
#include "services/lambda/functions/function_name.h"

namespace ddblog::lambda {

bool InvokeTarget::accepts(std::string_view arn) const {
  return arn.starts_with(rpc::kUniversalTarget) && arn.substr(rpc::kUniversalTarget.size()) == "lambda:invoke";
}

std::optional<rpc::DeliveryFailure> InvokeTarget::deliver(Transaction& transaction, const rpc::Message& message) {
  try {
    invoke(transaction, message.body.text());
  } catch (const ApiError& error) {
    return rpc::failureOf(error);
  }
  return std::nullopt;
}

void InvokeTarget::invoke(Transaction& transaction, const std::string& input) const {
  rpc::Request request;
  request.body = input;
  rpc::RequestReader reader(request);
  rpc::ObjectReader& fields = reader.fields();
  rpc::StringRule name_rule = functionNameRule();
  name_rule.required = true;
  const auto name = fields.string("FunctionName", name_rule);
  const auto type =
      fields.string("InvocationType", {.one_of = {"RequestResponse", "Event", "DryRun"}}).value_or("RequestResponse");
  const auto qualifier = fields.string("Qualifier").value_or("");
  const auto context = fields.string("ClientContext").value_or("");
  std::string payload = fields.string("Payload").value_or("{}");
  reader.finish();
  const FunctionPointer function = functions_.get(transaction, *name, qualifier);
  const std::string client_context = fromBase64(context).value_or("");
  try {
    parseJson(payload);
  } catch (const std::invalid_argument& error) {
    throw ApiError("InvalidRequestContentException",
                   "Could not parse request body into json: " + std::string(error.what()));
  }
  if (type == "DryRun") return;
  queue_.enqueue(transaction, function->reference(), std::move(payload), {}, client_context);
}

}  // namespace ddblog::lambda
