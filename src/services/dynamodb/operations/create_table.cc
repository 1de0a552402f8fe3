// CreateTable: creates a table with its indexes and its stream. It is ACTIVE at once.
//
// Checks, in this order: constraints of single fields; the table class; throughput (provisioned, on
// demand, warm) against the billing mode; the table's key, then the indexes, against
// AttributeDefinitions; the stream's view type; encryption; the policy; tags. Then throws
// ResourceInUseException (the name is taken) or LimitExceededException (limits::kTables).
#include <optional>
#include <string>
#include <vector>

#include "base/api_error.h"
#include "rpc/operation.h"
#include "rpc/request_reader.h"
#include "services/dynamodb/changes/change_records.h"
#include "services/dynamodb/core/context.h"
#include "services/dynamodb/core/limits.h"
#include "services/dynamodb/core/refusals.h"
#include "services/dynamodb/tables/encryption.h"
#include "services/dynamodb/tables/policy_document.h"
#include "services/dynamodb/tables/table_extras.h"
#include "services/dynamodb/tables/table_json.h"
#include "services/dynamodb/tables/table_request.h"
#include "services/dynamodb/tables/tags.h"

namespace ddblog::dynamodb {
namespace {

class CreateTable {
 public:
  CreateTable(rpc::RequestReader& request, Context& context);
  std::string run(Transaction& transaction) const;

 private:
  void check() const;
  Table makeTable(Transaction& transaction) const;

  Context& context_;
  std::string name_;
  std::vector<KeyAttribute> definitions_;
  std::vector<KeyElement> key_;
  IndexRequests indexes_;
  bool on_demand_ = false;
  std::optional<Throughput> throughput_;
  std::optional<StreamRequest> stream_;
  std::optional<EncryptionRequest> encryption_;
  std::vector<Tag> tags_;
  std::optional<std::string> table_class_;
  bool deletion_protection_ = false;
  std::optional<CapacityUnits> on_demand_throughput_;
  std::optional<CapacityUnits> warm_throughput_;
  std::optional<std::string> policy_;
};

CreateTable::CreateTable(rpc::RequestReader& request, Context& context) : context_(context) {
  rpc::ObjectReader& fields = request.fields();
  const auto definitions = readAttributeDefinitions(fields, true);
  name_ = readNewTableName(fields, context);
  throughput_ = readThroughput(fields);
  key_ = readKeySchema(fields, 2);
  const std::optional<bool> on_demand = readBillingMode(fields);
  indexes_.local = readIndexes(fields, "LocalSecondaryIndexes", false);
  indexes_.global = readIndexes(fields, "GlobalSecondaryIndexes", true);
  stream_ = readStream(fields);
  encryption_ = readEncryption(fields);
  const auto tags = readTags(fields, false);
  table_class_ = readTableClass(fields);
  deletion_protection_ = fields.boolean("DeletionProtectionEnabled").value_or(false);
  on_demand_throughput_ = readOnDemandThroughput(fields);
  warm_throughput_ = readWarmThroughput(fields);
  policy_ = fields.string("ResourcePolicy");
  request.finish();
  rejectAbsentFeatures(fields);
  definitions_ = definitions.value_or(std::vector<KeyAttribute>{});
  on_demand_ = on_demand.value_or(false);
  check();
  if (tags) tags_ = checkTags(*tags);
  if (policy_) policy_ = compactPolicy(*policy_);
}

void CreateTable::check() const {
  checkTableClass(table_class_);
  if (on_demand_ && throughput_) {
    throw invalidParameters(
        "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified "
        "when BillingMode is PAY_PER_REQUEST");
  }
  if (!on_demand_ && !throughput_) {
    throw invalidParameters(
        "ReadCapacityUnits and WriteCapacityUnits must both be specified "
        "when BillingMode is PROVISIONED");
  }
  if (throughput_) checkThroughput(*throughput_);
  checkOnDemandThroughput(on_demand_throughput_, on_demand_, Operation::kCreateTable);
  checkWarmThroughput(warm_throughput_, on_demand_, throughput_.value_or(Throughput{}));
  checkTableKey(key_, definitions_);
  checkIndexes(key_, definitions_, indexes_, on_demand_);
  if (stream_) checkStream(*stream_, Operation::kCreateTable);
  if (encryption_) checkEncryption(*encryption_);
  if (policy_) checkPolicy(*policy_);
}

std::string CreateTable::run(Transaction& transaction) const {
  if (context_.catalog.find(transaction, name_)) {
    throw ApiError("ResourceInUseException", "Table already exists: " + name_);
  }
  if (context_.catalog.names(transaction, "", limits::kTables).size() >= limits::kTables) {
    throw ApiError("LimitExceededException", "Subscriber limit exceeded: There is a limit of " +
                                                 std::to_string(limits::kTables) + " tables per subscriber");
  }
  Table table = makeTable(transaction);
  if (stream_ && stream_->enabled) turnStreamOn(transaction, context_, table, *stream_->view);
  context_.catalog.put(transaction, table);
  putTags(transaction, table.id, tags_);
  if (policy_) putPolicy(transaction, table.id, table.arn, *policy_, context_.clock.now());
  return tableAnswer("TableDescription", transaction, table, Described::kCreated);
}

Table CreateTable::makeTable(Transaction& transaction) const {
  Table table;
  table.id = context_.catalog.nextTableId(transaction);
  table.name = name_;
  table.arn = "arn:aws:dynamodb:" + context_.region + ":" + context_.account_id + ":table/" + name_;
  table.uuid = context_.ids.uuid();
  table.key = makeKeySchema(key_, definitions_);
  table.attribute_definitions = definitions_;
  sortByName(table.attribute_definitions);
  for (const IndexRequest* index : indexes_.all()) {
    table.indexes.push_back(makeIndex(*index, definitions_, table.next_index_id++));
  }
  table.on_demand = on_demand_;
  table.throughput = throughput_.value_or(Throughput{});
  table.created_at = context_.clock.now();
  if (on_demand_) table.billing_changed_at = table.created_at;
  table.deletion_protection = deletion_protection_;
  table.table_class = table_class_.value_or("");
  if (encryption_) {
    table.sse_specification = describeEncryption(*encryption_, context_);
  }
  table.on_demand_throughput = on_demand_throughput_.value_or(CapacityUnits{});
  table.warm_throughput = warm_throughput_.value_or(CapacityUnits{});
  return table;
}

}  // namespace

void addCreateTable(rpc::JsonApi& service, Context& context) {
  rpc::addWrite<CreateTable>(service, "CreateTable", context);
}

}  // namespace ddblog::dynamodb
