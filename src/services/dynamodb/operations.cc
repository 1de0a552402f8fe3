#include "services/dynamodb/operations.h"

#include "services/dynamodb/absent_features.h"

namespace ddblog::dynamodb {

// Each is the last function of its operation's own file, in dynamodb/operations/.
using AddOperation = void(rpc::JsonService&, Context&);

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
  return {"DynamoDB_20120810", "application/x-amz-json-1.0", "com.amazonaws.dynamodb.v20120810#"};
}

void addOperations(rpc::JsonService& service, Context& context) {
  for (AddOperation* add : kReads) add(service, context);
  for (AddOperation* add : kWrites) add(service, context);
  for (AddOperation* add : kReadsOrWrites) add(service, context);
  addAbsentFeatures(service, context);
}

}  // namespace ddblog::dynamodb
