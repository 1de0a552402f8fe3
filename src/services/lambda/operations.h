// Lambda's operations.
//
//   POST /2015-03-31/functions/{FunctionName}/invocations    Invoke
//   GET  /2015-03-31/functions[/{FunctionName}[/configuration]]
//                                                            ListFunctions, GetFunction, GetFunctionConfiguration
//   GET  /2019-09-30/functions/{FunctionName}/concurrency            GetFunctionConcurrency
//   GET  /2019-09-25/functions/{FunctionName}/event-invoke-config    GetFunctionEventInvokeConfig
//   GET  /2015-03-31/event-source-mappings[/{UUID}]          ListEventSourceMappings, GetEventSourceMapping
//
// Functions and mappings are created by the application's template, through operations that are not
// served over the wire: PutFunction, DeleteFunction, PutEventSourceMapping,
// DeleteEventSourceMapping.
#pragma once

#include "rpc/api.h"
#include "services/lambda/operations/context.h"

namespace ddblog::lambda {

rpc::RestProtocol protocol();
// The protocol of the operations that are not served over the wire; its target prefix is "Lambda".
rpc::JsonProtocol provisioningProtocol();

// `context` must outlive the API.
void addOperations(rpc::RestApi& api, Context& context);
void addProvisioningOperations(rpc::JsonApi& api, Context& context);

}  // namespace ddblog::lambda
