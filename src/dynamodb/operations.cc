#include "dynamodb/operations.h"

#include "api/operation.h"

// --- operations on tables ---
#include "dynamodb/operations/describe_endpoints.h"

// --- operations on items (one class and one header an operation, in dynamodb/operations/) ---

namespace ddblog::dynamodb {
namespace {

template <class Operation>
void addRead(api::JsonService& service, const char* name, Context& context) {
  service.add(name, api::readOperation<Operation>(context.store, context));
}

template <class Operation>
[[maybe_unused]] void addWrite(api::JsonService& service, const char* name, Context& context) {
  service.add(name, api::writeOperation<Operation>(context.store, context));
}

}  // namespace

api::JsonProtocol protocol() {
  return {"DynamoDB_20120810", "application/x-amz-json-1.0", "com.amazonaws.dynamodb.v20120810#"};
}

void addOperations(api::JsonService& service, Context& context) {
  // Tables: reads.
  addRead<DescribeEndpoints>(service, "DescribeEndpoints", context);

  // Tables: writes.

  // Items: reads.

  // Items: writes.
}

}  // namespace ddblog::dynamodb
