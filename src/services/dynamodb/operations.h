// Everything that the DynamoDB service serves.
#pragma once

#include "rpc/service.h"
#include "services/dynamodb/core/context.h"

namespace ddblog::dynamodb {

// "DynamoDB_20120810", "application/x-amz-json-1.0", "com.amazonaws.dynamodb.v20120810#".
rpc::JsonProtocol protocol();

// Adds all operations. `context` must outlive the service.
void addOperations(rpc::JsonService& service, Context& context);

}  // namespace ddblog::dynamodb
