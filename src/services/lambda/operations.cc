#include "services/lambda/operations.h"

#include "rpc/synchronous.h"
#include "services/lambda/operations/get_event_source_mapping.h"
#include "services/lambda/operations/get_function.h"
#include "services/lambda/operations/get_function_concurrency.h"
#include "services/lambda/operations/get_function_configuration.h"
#include "services/lambda/operations/get_function_event_invoke_config.h"
#include "services/lambda/operations/invoke.h"
#include "services/lambda/operations/list_event_source_mappings.h"
#include "services/lambda/operations/list_functions.h"

namespace ddblog::lambda {

namespace {

// An operation that answers from memory.
template <class Operation>
rpc::Handler read(Context& context) {
  return rpc::synchronous([&context](const rpc::Request& request) { return Operation(request, context).run(); });
}

rpc::Handler invoke(Context& context) {
  return [&context](rpc::Request request, rpc::Callback respond) {
    std::optional<Invoke> operation;
    try {
      operation.emplace(request, context);
    } catch (...) {
      return respond(std::current_exception());
    }
    operation->run(std::move(respond));
  };
}

}  // namespace

rpc::RestProtocol protocol() {
  return rpc::RestProtocol(
      {.signing_name = "lambda",
       .small_messages = {"CodeStorageExceededException", "InvalidParameterValueException",
                          "InvalidRequestContentException", "PolicyLengthExceededException",
                          "PreconditionFailedException", "ProvisionedConcurrencyConfigNotFoundException",
                          "RequestTooLargeException", "ResourceConflictException", "ResourceNotReadyException",
                          "SerializedRequestEntityTooLargeException", "TooManyRequestsException",
                          "UnsupportedMediaTypeException"}});
}

void addOperations(rpc::RestApi& service, Context& context) {
  const std::string function = "/2015-03-31/functions/{FunctionName}";
  service.add("POST", function + "/invocations", "Invoke", invoke(context));
  service.add("GET", "/2015-03-31/functions", "ListFunctions", read<ListFunctions>(context));
  service.add("GET", function, "GetFunction", read<GetFunction>(context));
  service.add("GET", function + "/configuration", "GetFunctionConfiguration", read<GetFunctionConfiguration>(context));
  service.add("GET", "/2019-09-30/functions/{FunctionName}/concurrency", "GetFunctionConcurrency",
              read<GetFunctionConcurrency>(context));
  service.add("GET", "/2019-09-25/functions/{FunctionName}/event-invoke-config", "GetFunctionEventInvokeConfig",
              read<GetFunctionEventInvokeConfig>(context));
  service.add("GET", "/2015-03-31/event-source-mappings", "ListEventSourceMappings",
              read<ListEventSourceMappings>(context));
  service.add("GET", "/2015-03-31/event-source-mappings/{UUID}", "GetEventSourceMapping",
              read<GetEventSourceMapping>(context));
}

}  // namespace ddblog::lambda
