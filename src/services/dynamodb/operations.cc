#include "services/dynamodb/operations.h"

#include "services/dynamodb/absent_features.h"
#include "services/dynamodb/core/limits.h"

namespace ddblog::dynamodb {

// Each is defined at the end of its operation's file in dynamodb/operations/.
using AddOperation = void(rpc::JsonApi&, Context&);

// Tables.
AddOperation addCreateTable, addDeleteResourcePolicy, addDeleteTable, addDescribeContinuousBackups,
    addDescribeEndpoints, addDescribeLimits, addDescribeTable, addDescribeTimeToLive, addGetResourcePolicy,
    addListTables, addListTagsOfResource, addPutResourcePolicy, addTagResource, addUntagResource,
    addUpdateContinuousBackups, addUpdateTable, addUpdateTimeToLive;

// Items.
AddOperation addBatchGetItem, addBatchWriteItem, addDeleteItem, addGetItem, addPutItem, addQuery, addScan,
    addTransactGetItems, addTransactWriteItems, addUpdateItem;

// Items by PartiQL: reads or writes as the statements say.
AddOperation addBatchExecuteStatement, addExecuteStatement, addExecuteTransaction;

namespace {

constexpr AddOperation* kReads[] = {
    addBatchGetItem,
    addDescribeContinuousBackups,
    addDescribeEndpoints,
    addDescribeLimits,
    addDescribeTable,
    addDescribeTimeToLive,
    addGetItem,
    addGetResourcePolicy,
    addListTables,
    addListTagsOfResource,
    addQuery,
    addScan,
    addTransactGetItems,
};

constexpr AddOperation* kWrites[] = {
    addBatchWriteItem,
    addCreateTable,
    addDeleteItem,
    addDeleteResourcePolicy,
    addDeleteTable,
    addPutItem,
    addPutResourcePolicy,
    addTagResource,
    addTransactWriteItems,
    addUntagResource,
    addUpdateContinuousBackups,
    addUpdateItem,
    addUpdateTable,
    addUpdateTimeToLive,
};

constexpr AddOperation* kReadsOrWrites[] = {addBatchExecuteStatement, addExecuteStatement, addExecuteTransaction};

}  // namespace

rpc::JsonProtocol protocol() {
  return rpc::JsonProtocol(
      {.target_prefix = "DynamoDB_20120810",
       .content_type = "application/x-amz-json-1.0",
       .signing_name = "dynamodb",
       .has_crc32 = true,
       .error_namespace = "com.amazonaws.dynamodb.v20120810#",
       .capital_messages = {"IdempotentParameterMismatchException", "TransactionCanceledException",
                            "TransactionInProgressException"},
       .internal_error =
           internalError("The request processing has failed because of an unknown error, exception or failure.")});
}

namespace {

// Their answers can have many megabytes, so the server makes few of them at once.
void setLargestAnswers(rpc::JsonApi& service) {
  service.setLargestAnswer("BatchGetItem", limits::kBatchGetBytes);
  service.setLargestAnswer("BatchExecuteStatement", limits::kBatchGetBytes);
  service.setLargestAnswer("TransactGetItems", limits::kTransactBytes);
  service.setLargestAnswer("ExecuteTransaction", limits::kTransactBytes);
}

}  // namespace

void addOperations(rpc::JsonApi& service, Context& context) {
  for (AddOperation* add : kReads) add(service, context);
  for (AddOperation* add : kWrites) add(service, context);
  for (AddOperation* add : kReadsOrWrites) add(service, context);
  addAbsentFeatures(service, context);
  setLargestAnswers(service);
}

}  // namespace ddblog::dynamodb
