// Everything that Lambda serves over the wire: the table of its operations.
//
//   POST /2015-03-31/functions/{FunctionName}/invocations    Invoke
//   GET  /2015-03-31/functions[/{FunctionName}[/configuration]]
//                                                            ListFunctions, GetFunction, GetFunctionConfiguration
//   GET  /2019-09-30/functions/{FunctionName}/concurrency            GetFunctionConcurrency
//   GET  /2019-09-25/functions/{FunctionName}/event-invoke-config    GetFunctionEventInvokeConfig
//   GET  /2015-03-31/event-source-mappings[/{UUID}]          ListEventSourceMappings, GetEventSourceMapping
//
// Functions and mappings come from the application's template; they are not created over the wire.
#pragma once

#include "rpc/api.h"
#include "services/lambda/operations/context.h"

namespace ddblog::lambda {

rpc::RestProtocol protocol();

// `context` must outlive the service.
void addOperations(rpc::RestApi& service, Context& context);

}  // namespace ddblog::lambda
