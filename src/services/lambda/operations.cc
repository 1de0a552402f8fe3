#include "services/lambda/operations.h"

namespace ddblog::lambda {

// Each is defined in operations/<name>.cc.
using AddOperation = void(rpc::RestApi&, Context&);
AddOperation addGetAccountSettings, addGetAlias, addGetEventSourceMapping, addGetFunction, addGetFunctionConcurrency,
    addGetFunctionConfiguration, addGetFunctionEventInvokeConfig, addGetFunctionRecursionConfig, addGetLayerVersion,
    addGetPolicy, addListAliases, addListEventSourceMappings, addListFunctionEventInvokeConfigs, addListFunctions,
    addListLayerVersions, addListLayers, addListTags, addListVersionsByFunction;
AddOperation addAddPermission, addCreateAlias, addCreateEventSourceMapping, addCreateFunction, addDeleteAlias,
    addDeleteEventSourceMapping, addDeleteFunction, addDeleteFunctionConcurrency, addDeleteFunctionEventInvokeConfig,
    addDeleteLayerVersion, addPublishLayerVersion, addPublishVersion, addPutFunctionConcurrency,
    addPutFunctionEventInvokeConfig, addPutFunctionRecursionConfig, addRemovePermission, addTagResource,
    addUntagResource, addUpdateAlias, addUpdateEventSourceMapping, addUpdateFunctionCode,
    addUpdateFunctionConfiguration, addUpdateFunctionEventInvokeConfig;
AddOperation addInvoke, addInvokeWithResponseStream;
AddOperation addListFunctionCounts, addListMappingBacklogs;

using AddProvisioningOperation = void(rpc::JsonApi&, Context&);
AddProvisioningOperation addDeleteProvisionedFunction, addDeleteProvisionedMapping, addPutEventSourceMapping,
    addPutFunction;

rpc::RestProtocol protocol() {
  return rpc::RestProtocol(
      {.signing_name = "lambda",
       .small_messages = {"CodeStorageExceededException", "InvalidParameterValueException",
                          "InvalidRequestContentException", "PolicyLengthExceededException",
                          "PreconditionFailedException", "ProvisionedConcurrencyConfigNotFoundException",
                          "RequestTooLargeException", "ResourceConflictException", "ResourceNotReadyException",
                          "SerializedRequestEntityTooLargeException", "TooManyRequestsException",
                          "UnsupportedMediaTypeException"},
       .throttling_error = [](std::string_view) {
         return ApiError("TooManyRequestsException", "Rate exceeded", 429, {{"Reason", "CallerRateLimitExceeded"}},
                         {{"Retry-After", "1"}});
       }});
}

rpc::JsonProtocol provisioningProtocol() {
  return rpc::JsonProtocol({.target_prefix = "Lambda", .content_type = {}, .signing_name = {}});
}

void addOperations(rpc::RestApi& api, Context& context) {
  for (AddOperation* add :
       {addGetAccountSettings, addGetAlias, addGetEventSourceMapping, addGetFunction, addGetFunctionConcurrency,
        addGetFunctionConfiguration, addGetFunctionEventInvokeConfig, addGetFunctionRecursionConfig, addGetLayerVersion,
        addGetPolicy, addListAliases, addListEventSourceMappings, addListFunctionEventInvokeConfigs, addListFunctions,
        addListLayerVersions, addListLayers, addListTags, addListVersionsByFunction}) {
    add(api, context);  // reads
  }
  for (AddOperation* add : {addAddPermission,
                            addCreateAlias,
                            addCreateEventSourceMapping,
                            addCreateFunction,
                            addDeleteAlias,
                            addDeleteEventSourceMapping,
                            addDeleteFunction,
                            addDeleteFunctionConcurrency,
                            addDeleteFunctionEventInvokeConfig,
                            addDeleteLayerVersion,
                            addPublishLayerVersion,
                            addPublishVersion,
                            addPutFunctionConcurrency,
                            addPutFunctionEventInvokeConfig,
                            addPutFunctionRecursionConfig,
                            addRemovePermission,
                            addTagResource,
                            addUntagResource,
                            addUpdateAlias,
                            addUpdateEventSourceMapping,
                            addUpdateFunctionCode,
                            addUpdateFunctionConfiguration,
                            addUpdateFunctionEventInvokeConfig}) {
    add(api, context);  // writes
  }
  addInvoke(api, context);
  addInvokeWithResponseStream(api, context);
}

void addLocalRoutes(rpc::RestApi& api, Context& context) {
  addListFunctionCounts(api, context);
  addListMappingBacklogs(api, context);
}

void addProvisioningOperations(rpc::JsonApi& api, Context& context) {
  for (AddProvisioningOperation* add :
       {addDeleteProvisionedFunction, addDeleteProvisionedMapping, addPutEventSourceMapping, addPutFunction}) {
    add(api, context);  // writes
  }
}

}  // namespace ddblog::lambda
