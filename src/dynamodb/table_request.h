// What requests say about tables, read and refused in DynamoDB's words: names, key schemas, attribute definitions,
// projections, throughput, indexes, streams, encryption.
//
// read… functions read fields of a request and collect broken constraints (api/request_reader.h); check… functions, to
// be called after finish(), refuse what fields say together, at once. Refusals are ValidationException; their words
// were recorded from the service by dynalite's tests (https://github.com/architect/dynalite, test/). Constraints:
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/request_reader.h"
#include "dynamodb/table.h"

namespace ddblog::dynamodb {

// The TableName of an operation on tables: a name, or a table's ARN. Refuses at once what is missing ("The parameter
// 'TableName' is required but was not present in the request") or too short or long; other characters than a name may
// have are a broken constraint.
std::string readTableName(api::ObjectReader& fields);
// The name of a table that is to be made: its constraints are refused together with those of other fields.
std::string readNewTableName(api::ObjectReader& fields);

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
  std::string on_demand_throughput;  // JSON; empty: none
  std::string warm_throughput;       // JSON; empty: none
};

struct StreamRequest {
  bool enabled = false;
  std::optional<StreamView> view;
};

struct EncryptionRequest {
  bool enabled = false;
  std::optional<std::string> type;
  std::optional<std::string> key_id;
};

struct Tag {
  std::string key;
  std::string value;
};

std::optional<std::vector<KeyAttribute>> readAttributeDefinitions(api::ObjectReader& fields, bool required);
std::vector<KeyElement> readKeySchema(api::ObjectReader& fields, std::size_t most);
std::optional<Throughput> readThroughput(api::ObjectReader& fields, bool required = false);
// One index: an element of LocalSecondaryIndexes or GlobalSecondaryIndexes, or GlobalSecondaryIndexUpdate.Create.
IndexRequest readIndex(api::ObjectReader& fields, bool global);
std::optional<std::vector<IndexRequest>> readIndexes(api::ObjectReader& fields, std::string_view name, bool global);
std::optional<StreamRequest> readStream(api::ObjectReader& fields);
std::optional<EncryptionRequest> readEncryption(api::ObjectReader& fields);
// Refuses the parameters of global tables, which there are not.
void refuseGlobalTables(const api::ObjectReader& fields);
std::optional<std::vector<Tag>> readTags(api::ObjectReader& fields, bool required);
// true: on-demand; std::nullopt: not said.
std::optional<bool> readBillingMode(api::ObjectReader& fields);
std::optional<std::string> readTableClass(api::ObjectReader& fields);
// OnDemandThroughput or WarmThroughput as JSON text; empty: not said.
std::string readKeptObject(api::ObjectReader& fields, std::string_view name);
std::string readIndexName(api::ObjectReader& fields);

// A table's own key: attributes defined, first HASH, then RANGE.
void checkTableKey(const std::vector<KeyElement>& key, const std::vector<KeyAttribute>& definitions);
// All indexes of a new table, local ones first; `on_demand`: the table's billing mode.
void checkIndexes(const std::vector<KeyElement>& table_key, const std::vector<KeyAttribute>& definitions,
                  const std::optional<std::vector<IndexRequest>>& local,
                  const std::optional<std::vector<IndexRequest>>& global, bool on_demand);
// One global index, of a new or an existing table.
void checkGlobalIndex(const IndexRequest& index, const std::vector<KeyAttribute>& definitions, bool on_demand);
// No attribute may be defined that no key uses.
void checkDefinitionsUsed(const std::vector<KeyElement>& table_key, const std::vector<KeyAttribute>& definitions,
                          const std::optional<std::vector<IndexRequest>>& local,
                          const std::optional<std::vector<IndexRequest>>& global);
// `kept`: OnDemandThroughput as readKeptObject gave it.
void checkOnDemandThroughput(std::string_view kept, bool on_demand, bool creating);
void checkThroughput(const Throughput& throughput, std::string_view index_name = {});
void checkStream(const StreamRequest& stream, bool creating);

// The key with its attributes' types. To be called once everything is checked.
KeySchema makeKeySchema(const std::vector<KeyElement>& key, const std::vector<KeyAttribute>& definitions);
Index makeIndex(const IndexRequest& request, const std::vector<KeyAttribute>& definitions, std::uint32_t id);
// The JSON of SSEDescription; empty: the table is encrypted with DynamoDB's own key, which is not described.
std::string describeEncryption(const EncryptionRequest& request, std::string_view region, std::string_view account_id);

}  // namespace ddblog::dynamodb
