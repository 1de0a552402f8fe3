#include "services/lambda/invocations/asynchronous_invoke.h"

#include <utility>

#include "rpc/request_reader.h"
#include "services/lambda/functions/function_name.h"
#include "services/lambda/invocations/invocation_checks.h"

namespace ddblog::lambda {

std::string AsynchronousInvoke::call(Transaction& transaction, const std::string&, std::string body) {
  rpc::Request request;
  request.body = std::move(body);
  rpc::RequestReader reader(request);
  rpc::ObjectReader& fields = reader.fields();
  rpc::StringRule name_rule = functionNameRule();
  name_rule.required = true;
  const auto name = fields.string("FunctionName", name_rule);
  const auto type =
      fields.string("InvocationType", {.one_of = {"RequestResponse", "Event", "DryRun"}}).value_or("RequestResponse");
  const auto qualifier = fields.string("Qualifier").value_or("");
  const auto context = fields.string("ClientContext");
  std::string payload = fields.string("Payload").value_or("");
  reader.finish();
  const std::string client_context = context ? decodeClientContext(*context) : std::string();
  const FunctionPointer function = functions_.get(transaction, *name, qualifier);
  checkPayload(payload, type);
  if (type != "DryRun") queue_.enqueue(transaction, function->reference(), std::move(payload), {}, client_context);
  return {};
}

}  // namespace ddblog::lambda
