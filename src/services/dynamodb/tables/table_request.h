// What requests say about tables, read and refused in DynamoDB's words: names, key schemas, attribute definitions,
// projections, indexes, streams. (Throughput, encryption and tags have files of their own.)
//
// read… functions read fields of a request and collect broken constraints (rpc/request_reader.h); check… functions, to
// be called after finish(), refuse what fields say together, at once. Refusals are ValidationException; their words
// were recorded from the service by dynalite's tests (https://github.com/architect/dynalite, test/); where users report
// others of October 2026, those hold. Constraints:
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html
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

// The TableName of an operation on tables: a name, or a table's ARN. Refuses at once what is missing ("The parameter
// 'TableName' is required but was not present in the request") and an ARN that is no table's (table_name.h); another
// text that is no name is a broken constraint.
std::string readTableName(rpc::ObjectReader& fields, const Context& context);
// The name of a table that is to be made.
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
  std::optional<Units> on_demand_throughput;
  std::optional<Units> warm_throughput;
};

struct StreamRequest {
  bool enabled = false;
  std::optional<StreamView> view;
};

std::optional<std::vector<KeyAttribute>> readAttributeDefinitions(rpc::ObjectReader& fields, bool required);
std::vector<KeyElement> readKeySchema(rpc::ObjectReader& fields, std::size_t most);
// One index: an element of LocalSecondaryIndexes or GlobalSecondaryIndexes, or GlobalSecondaryIndexUpdate.Create.
IndexRequest readIndex(rpc::ObjectReader& fields, bool global);
std::optional<std::vector<IndexRequest>> readIndexes(rpc::ObjectReader& fields, std::string_view name, bool global);
std::optional<StreamRequest> readStream(rpc::ObjectReader& fields);
// Refuses the parameters of global tables and vector indexes, which there are not.
void refuseAbsentFeatures(const rpc::ObjectReader& fields);
// true: on-demand; std::nullopt: not said.
std::optional<bool> readBillingMode(rpc::ObjectReader& fields);
// Its value is refused by checkTableClass.
std::optional<std::string> readTableClass(rpc::ObjectReader& fields);
void checkTableClass(const std::optional<std::string>& table_class);
std::string readIndexName(rpc::ObjectReader& fields);

// A table's own key: attributes defined, first HASH, then RANGE.
void checkTableKey(const std::vector<KeyElement>& key, const std::vector<KeyAttribute>& definitions);
// All indexes of a new table: their keys, local ones first; that no attribute is defined that no key uses; then the
// rest of them. `on_demand`: the table's billing mode.
void checkIndexes(const std::vector<KeyElement>& table_key, const std::vector<KeyAttribute>& definitions,
                  const std::optional<std::vector<IndexRequest>>& local,
                  const std::optional<std::vector<IndexRequest>>& global, bool on_demand);
// A global index for a table that is there.
void checkNewIndex(const IndexRequest& index, const std::vector<KeyAttribute>& definitions, bool on_demand);
void checkStream(const StreamRequest& stream, Change change);

// As the service keeps and describes AttributeDefinitions.
void sortByName(std::vector<KeyAttribute>& definitions);
// The key with its attributes' types. To be called once everything is checked.
KeySchema makeKeySchema(const std::vector<KeyElement>& key, const std::vector<KeyAttribute>& definitions);
Index makeIndex(const IndexRequest& request, const std::vector<KeyAttribute>& definitions, std::uint32_t id);

}  // namespace ddblog::dynamodb
