#include "dynamodb/operations.h"

#include "api/operation.h"

// --- operations on tables ---
#include "dynamodb/operations/create_table.h"
#include "dynamodb/operations/delete_table.h"
#include "dynamodb/operations/describe_endpoints.h"
#include "dynamodb/operations/describe_table.h"
#include "dynamodb/operations/list_tables.h"

// --- operations on items (one class and one header an operation, in dynamodb/operations/) ---
#include "dynamodb/operations/batch_get_item.h"
#include "dynamodb/operations/batch_write_item.h"
#include "dynamodb/operations/delete_item.h"
#include "dynamodb/operations/get_item.h"
#include "dynamodb/operations/put_item.h"
#include "dynamodb/operations/query.h"
#include "dynamodb/operations/scan.h"
#include "dynamodb/operations/transact_get_items.h"
#include "dynamodb/operations/transact_write_items.h"
#include "dynamodb/operations/update_item.h"

namespace ddblog::dynamodb {
namespace {

template <class Operation>
void addRead(api::JsonService& service, const char* name, Context& context) {
  service.add(name, api::readOperation<Operation>(context.store, context));
}

template <class Operation>
void addWrite(api::JsonService& service, const char* name, Context& context) {
  service.add(name, api::writeOperation<Operation>(context.store, context));
}

}  // namespace

api::JsonProtocol protocol() {
  return {"DynamoDB_20120810", "application/x-amz-json-1.0", "com.amazonaws.dynamodb.v20120810#"};
}

void addOperations(api::JsonService& service, Context& context) {
  // Tables: reads.
  addRead<DescribeEndpoints>(service, "DescribeEndpoints", context);
  addRead<DescribeTable>(service, "DescribeTable", context);
  addRead<ListTables>(service, "ListTables", context);

  // Tables: writes.
  addWrite<CreateTable>(service, "CreateTable", context);
  addWrite<DeleteTable>(service, "DeleteTable", context);

  // Items: reads.
  addRead<BatchGetItem>(service, "BatchGetItem", context);
  addRead<GetItem>(service, "GetItem", context);
  addRead<Query>(service, "Query", context);
  addRead<Scan>(service, "Scan", context);
  addRead<TransactGetItems>(service, "TransactGetItems", context);

  // Items: writes.
  addWrite<BatchWriteItem>(service, "BatchWriteItem", context);
  addWrite<DeleteItem>(service, "DeleteItem", context);
  addWrite<PutItem>(service, "PutItem", context);
  addWrite<TransactWriteItems>(service, "TransactWriteItems", context);
  addWrite<UpdateItem>(service, "UpdateItem", context);
}

}  // namespace ddblog::dynamodb
