// The operations of DynamoDB Streams.
#pragma once

#include "rpc/api.h"
#include "services/dynamodb/core/context.h"

namespace ddblog::streams {

rpc::JsonProtocol protocol();

// Adds all operations. `context` must outlive the service.
void addOperations(rpc::JsonApi& service, dynamodb::Context& context);

}  // namespace ddblog::streams
