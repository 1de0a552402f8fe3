// SQS's operations.
#pragma once

#include <string_view>

#include "base/json.h"
#include "rpc/api.h"
#include "rpc/query_api.h"
#include "services/sqs/queues/context.h"

namespace ddblog::sqs {

rpc::JsonProtocol protocol();
rpc::QueryProtocol queryProtocol();

// Adds all operations. `context` must outlive the API.
void addOperations(rpc::JsonApi& api, Context& context);
// Adds how the query protocol writes their requests and answers (query_operations.cc).
void addQueryOperations(rpc::QueryApi& api);

// "/", or a queue's path: "/000000000000/orders".
bool isQueuePath(std::string_view path);
// A request to a queue's path need not have QueueUrl.
void addQueueUrl(const rpc::Request& request, json::object& fields);

}  // namespace ddblog::sqs
