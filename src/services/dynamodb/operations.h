// Adds every operation of the DynamoDB service.
#pragma once

#include "rpc/api.h"
#include "services/dynamodb/core/context.h"

namespace ddblog::dynamodb {

// DynamoDB's wire protocol: AWS JSON 1.0.
rpc::JsonProtocol protocol();

// Adds all operations. `context` must outlive the service.
void addOperations(rpc::JsonApi& service, Context& context);

}  // namespace ddblog::dynamodb
