#include "services/lambda/operations.h"

namespace ddblog::lambda {

// Each is defined in operations/<name>.cc.
using AddOperation = void(rpc::RestApi&, Context&);
AddOperation addGetEventSourceMapping, addGetFunction, addGetFunctionConcurrency, addGetFunctionConfiguration,
    addGetFunctionEventInvokeConfig, addInvoke, addListEventSourceMappings, addListFunctions;

using AddProvisioningOperation = void(rpc::JsonApi&, Context&);
AddProvisioningOperation addDeleteEventSourceMapping, addDeleteFunction, addPutEventSourceMapping, addPutFunction;

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

rpc::JsonProtocol provisioningProtocol() {
  return rpc::JsonProtocol({.target_prefix = "Lambda", .content_type = {}, .signing_name = {}});
}

void addOperations(rpc::RestApi& api, Context& context) {
  for (AddOperation* add :
       {addGetEventSourceMapping, addGetFunction, addGetFunctionConcurrency, addGetFunctionConfiguration,
        addGetFunctionEventInvokeConfig, addListEventSourceMappings, addListFunctions}) {
    add(api, context);  // reads
  }
  addInvoke(api, context);
}

void addProvisioningOperations(rpc::JsonApi& api, Context& context) {
  for (AddProvisioningOperation* add :
       {addDeleteEventSourceMapping, addDeleteFunction, addPutEventSourceMapping, addPutFunction}) {
    add(api, context);  // writes
  }
}

}  // namespace ddblog::lambda
