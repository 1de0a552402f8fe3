#include "services/dynamodb/operations.h"

#include "rpc/operation.h"
#include "services/dynamodb/absent_features.h"

// --- operations on tables ---
#include "services/dynamodb/operations/create_table.h"
#include "services/dynamodb/operations/delete_resource_policy.h"
#include "services/dynamodb/operations/delete_table.h"
#include "services/dynamodb/operations/describe_continuous_backups.h"
#include "services/dynamodb/operations/describe_endpoints.h"
#include "services/dynamodb/operations/describe_limits.h"
#include "services/dynamodb/operations/describe_table.h"
#include "services/dynamodb/operations/describe_time_to_live.h"
#include "services/dynamodb/operations/get_resource_policy.h"
#include "services/dynamodb/operations/list_tables.h"
#include "services/dynamodb/operations/list_tags_of_resource.h"
#include "services/dynamodb/operations/put_resource_policy.h"
#include "services/dynamodb/operations/tag_resource.h"
#include "services/dynamodb/operations/untag_resource.h"
#include "services/dynamodb/operations/update_continuous_backups.h"
#include "services/dynamodb/operations/update_table.h"
#include "services/dynamodb/operations/update_time_to_live.h"

// --- operations on items (one class and one header an operation, in dynamodb/operations/) ---
#include "services/dynamodb/operations/batch_execute_statement.h"
#include "services/dynamodb/operations/batch_get_item.h"
#include "services/dynamodb/operations/batch_write_item.h"
#include "services/dynamodb/operations/delete_item.h"
#include "services/dynamodb/operations/execute_statement.h"
#include "services/dynamodb/operations/execute_transaction.h"
#include "services/dynamodb/operations/get_item.h"
#include "services/dynamodb/operations/put_item.h"
#include "services/dynamodb/operations/query.h"
#include "services/dynamodb/operations/scan.h"
#include "services/dynamodb/operations/transact_get_items.h"
#include "services/dynamodb/operations/transact_write_items.h"
#include "services/dynamodb/operations/update_item.h"

namespace ddblog::dynamodb {
namespace {

template <class Operation>
void addReadOrWrite(rpc::JsonService& service, const char* name, Context& context) {
  service.add(name, rpc::readOrWriteOperation<Operation>(context.store, context));
}

}  // namespace

rpc::JsonProtocol protocol() {
  return {"DynamoDB_20120810", "application/x-amz-json-1.0", "com.amazonaws.dynamodb.v20120810#"};
}

void addOperations(rpc::JsonService& service, Context& context) {
  // Tables: reads.
  addRead<DescribeContinuousBackups>(service, "DescribeContinuousBackups", context);
  addRead<DescribeEndpoints>(service, "DescribeEndpoints", context);
  addRead<DescribeLimits>(service, "DescribeLimits", context);
  addRead<DescribeTable>(service, "DescribeTable", context);
  addRead<DescribeTimeToLive>(service, "DescribeTimeToLive", context);
  addRead<GetResourcePolicy>(service, "GetResourcePolicy", context);
  addRead<ListTables>(service, "ListTables", context);
  addRead<ListTagsOfResource>(service, "ListTagsOfResource", context);

  // Tables: writes.
  addWrite<CreateTable>(service, "CreateTable", context);
  addWrite<DeleteResourcePolicy>(service, "DeleteResourcePolicy", context);
  addWrite<DeleteTable>(service, "DeleteTable", context);
  addWrite<PutResourcePolicy>(service, "PutResourcePolicy", context);
  addWrite<TagResource>(service, "TagResource", context);
  addWrite<UntagResource>(service, "UntagResource", context);
  addWrite<UpdateContinuousBackups>(service, "UpdateContinuousBackups", context);
  addWrite<UpdateTable>(service, "UpdateTable", context);
  addWrite<UpdateTimeToLive>(service, "UpdateTimeToLive", context);

  addAbsentFeatures(service, context);

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

  // Items, by PartiQL: reads or writes as the statements say.
  addReadOrWrite<BatchExecuteStatement>(service, "BatchExecuteStatement", context);
  addReadOrWrite<ExecuteStatement>(service, "ExecuteStatement", context);
  addReadOrWrite<ExecuteTransaction>(service, "ExecuteTransaction", context);
}

}  // namespace ddblog::dynamodb
