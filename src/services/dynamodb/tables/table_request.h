// Reads and validates what requests say about tables: names, key schemas, attribute definitions,
// projections, indexes, streams. (Throughput, encryption and tags have files of their own.)
//
// The read… functions read fields of a request and collect broken constraints
// (rpc/request_reader.h). Call the check… functions after finish(): they throw at once if fields do
// not fit together. Errors are ValidationException, with messages that dynalite's tests recorded
// from the service (https://github.com/architect/dynalite, test/); where users report others of
// October 2026, we use those. Constraints:
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html
//
// Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rpc/request_reader.h"
#include "services/dynamodb/core/context.h"
#include "services/dynamodb/core/table.h"
#include "services/dynamodb/tables/throughput_request.h"

namespace ddblog::dynamodb {

// TableName of an operation on tables: a name or a table's ARN. If it is missing ("The parameter
// 'TableName' is required but was not present in the request") or is an ARN that is not a table's
// (table_name.h), finish() throws that alone. Any other invalid name is a broken constraint.
std::string readTableName(rpc::ObjectReader& fields, const Context& context);
// TableName of CreateTable: returns the name, also of an ARN.
std::string readNewTableName(rpc::ObjectReader& fields, const Context& context);

struct KeyElement {
  std::string attribute;
  bool is_hash = true;
};

struct ProjectionRequest {
  std::optional<ProjectionType> type;
  std::optional<std::vector<std::string>> non_key_attributes;
};

struct IndexRequest {
  bool global = true;
  std::string name;
  std::vector<KeyElement> key;
  ProjectionRequest projection;
  std::optional<Throughput> throughput;
  std::optional<CapacityUnits> on_demand_throughput;
  std::optional<CapacityUnits> warm_throughput;
};

struct StreamRequest {
  bool enabled = false;
  std::optional<StreamView> view;
};

std::optional<std::vector<KeyAttribute>> readAttributeDefinitions(rpc::ObjectReader& fields, bool required);
std::vector<KeyElement> readKeySchema(rpc::ObjectReader& fields, std::size_t most);
// One index: an element of LocalSecondaryIndexes or GlobalSecondaryIndexes, or
// GlobalSecondaryIndexUpdate.Create.
IndexRequest readIndex(rpc::ObjectReader& fields, bool global);
std::optional<std::vector<IndexRequest>> readIndexes(rpc::ObjectReader& fields, std::string_view name, bool global);
std::optional<StreamRequest> readStream(rpc::ObjectReader& fields);
// Rejects the parameters of global tables and vector indexes, which we do not implement.
void rejectAbsentFeatures(const rpc::ObjectReader& fields);
// true: on-demand; std::nullopt: not given.
std::optional<bool> readBillingMode(rpc::ObjectReader& fields);
// Reads any value; checkTableClass validates it.
std::optional<std::string> readTableClass(rpc::ObjectReader& fields);
void checkTableClass(const std::optional<std::string>& table_class);
std::string readIndexName(rpc::ObjectReader& fields);

// Checks a table's own key: its attributes are defined, first HASH, then RANGE.
void checkTableKey(const std::vector<KeyElement>& key, const std::vector<KeyAttribute>& definitions);
// The indexes of a CreateTable request, each list as it was given.
struct IndexRequests {
  std::optional<std::vector<IndexRequest>> local;
  std::optional<std::vector<IndexRequest>> global;

  std::vector<const IndexRequest*> all() const;  // local ones first
};
// Checks the keys of all indexes, local ones first; then that some key uses each defined attribute;
// then the rest of each index. `on_demand`: the table's billing mode.
void checkIndexes(const std::vector<KeyElement>& table_key, const std::vector<KeyAttribute>& definitions,
                  const IndexRequests& indexes, bool on_demand);
// Checks a global index that is to be added to an existing table.
void checkNewIndex(const IndexRequest& index, const std::vector<KeyAttribute>& definitions, bool on_demand);
// An attribute of the new index's key must have the type that it has in the keys of the table and
// of its other indexes. (A definition that the index does not use is ignored.)
void checkTypesKept(const IndexRequest& index, const std::vector<KeyAttribute>& definitions, const Table& table);
void checkStream(const StreamRequest& stream, Operation operation);

// The order in which DynamoDB describes AttributeDefinitions.
void sortByName(std::vector<KeyAttribute>& definitions);
// The key with its attributes' types. Call it after all checks.
KeySchema makeKeySchema(const std::vector<KeyElement>& key, const std::vector<KeyAttribute>& definitions);
Index makeIndex(const IndexRequest& request, const std::vector<KeyAttribute>& definitions, std::uint32_t id);

}  // namespace ddblog::dynamodb
