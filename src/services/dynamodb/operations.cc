#include "services/dynamodb/operations.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "services/dynamodb/absent_features.h"
#include "services/dynamodb/core/batch_faults.h"
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

// Those that read or write items: a table throttles them. The others are throttled by account.
constexpr std::array kItemOperations = {std::string_view("BatchGetItem"),
                                        std::string_view("BatchWriteItem"),
                                        std::string_view("DeleteItem"),
                                        std::string_view("GetItem"),
                                        std::string_view("PutItem"),
                                        std::string_view("Query"),
                                        std::string_view("Scan"),
                                        std::string_view("TransactGetItems"),
                                        std::string_view("TransactWriteItems"),
                                        std::string_view("UpdateItem"),
                                        std::string_view("ExecuteTransaction"),
                                        std::string_view("ExecuteStatement")};

// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
ApiError throttlingError(std::string_view operation) {
  if (std::find(kItemOperations.begin(), kItemOperations.end(), operation) != kItemOperations.end()) {
    return throughputExceeded();
  }
  return {"ThrottlingException", "Rate of requests exceeds the allowed throughput."};
}

}  // namespace

rpc::JsonProtocol protocol() {
  return rpc::JsonProtocol({.target_prefix = "DynamoDB_20120810",
                            .content_type = "application/x-amz-json-1.0",
                            .signing_name = "dynamodb",
                            .has_crc32 = true,
                            .error_namespace = "com.amazonaws.dynamodb.v20120810#",
                            .capital_messages = {"IdempotentParameterMismatchException", "TransactionCanceledException",
                                                 "TransactionInProgressException"},
                            .internal_error = internalError(
                                "The request processing has failed because of an unknown error, exception or failure."),
                            .throttling_error = throttlingError});
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
