// Lambda's operations.
//
//   2015-03-31/functions                 functions, their code, versions, aliases and policies; Invoke
//   2015-03-31/event-source-mappings     event source mappings
//   2016-08-19/account-settings          the account's limits
//   2017-03-31/tags                      tags of functions
//   2017-10-31, 2019-09-30/functions     reserved concurrency
//   2018-10-31/layers                    layers
//   2019-09-25/functions                 settings of asynchronous invocations
//   2021-11-15/functions                 InvokeWithResponseStream
//   2024-08-31/functions                 the setting for recursive loops
//
// A template's functions and mappings are created through operations that are not served over the
// wire: PutFunction, DeleteFunction, PutEventSourceMapping, DeleteEventSourceMapping.
//
// Routes of ours: GET /_local/functions (operations/list_function_counts.cc), GET /_local/mappings
// (operations/list_mapping_backlogs.cc).
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
void addLocalRoutes(rpc::RestApi& api, Context& context);

}  // namespace ddblog::lambda
