// Everything that the DynamoDB service serves.
#pragma once

#include "rpc/api.h"
#include "services/dynamodb/core/context.h"

namespace ddblog::dynamodb {

rpc::JsonProtocol protocol();

// Adds all operations. `context` must outlive the service.
void addOperations(rpc::JsonApi& service, Context& context);

}  // namespace ddblog::dynamodb
