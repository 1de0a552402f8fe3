// UpdateTable: changes a table's billing mode, throughput, stream, global indexes, encryption,
// class or protection. Every change is complete when the response is sent: the same command also
// fills a new index.
//
// Checks, in this order: constraints of single fields; that something changes; combinations of
// fields. Then, against the table: ResourceNotFoundException (no such table or index),
// ValidationException (the stream is on already, the throughput does not fit the billing mode or
// does not change, keys are not defined), LimitExceededException (more than one index created or
// deleted, too many indexes).
#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/api_error.h"
#include "rpc/operation.h"
#include "rpc/request_reader.h"
#include "services/dynamodb/changes/change_records.h"
#include "services/dynamodb/core/context.h"
#include "services/dynamodb/core/limits.h"
#include "services/dynamodb/core/refusals.h"
#include "services/dynamodb/core/table_statistics.h"
#include "services/dynamodb/items/item_writes.h"
#include "services/dynamodb/tables/deleted_tables.h"
#include "services/dynamodb/tables/encryption.h"
#include "services/dynamodb/tables/table_extras.h"
#include "services/dynamodb/tables/table_json.h"
#include "services/dynamodb/tables/table_request.h"

namespace ddblog::dynamodb {
namespace {

class UpdateTable {
 public:
  UpdateTable(rpc::RequestReader& request, Context& context);
  std::string run(Transaction& transaction) const;

 private:
  // One element of GlobalSecondaryIndexUpdates: exactly one of its members is set.
  struct IndexChange {
    std::optional<IndexRequest> create;
    std::optional<IndexRequest> update;  // name and throughput only
    std::optional<std::string> remove;
    const std::string& name() const;
  };

  void readIndexChanges(rpc::ObjectReader& fields);
  bool makesOrRemovesIndex() const;
  void check() const;
  void checkIndexChangesAlone() const;
  void checkCombination() const;
  void checkAgainst(const Table& table) const;
  void checkBillingMode(const Table& table) const;
  void checkIndexChanges(const Table& table) const;
  void checkIndexChange(const Table& table, const IndexChange& change) const;
  const IndexChange* updateOf(std::string_view index_name) const;
  void applyIndexChanges(Transaction& transaction, Table& table) const;
  void applyThroughput(Table& table) const;
  void applyWarmth(const Table& before, Table& table) const;
  void applyStream(Transaction& transaction, Table& table) const;
  void applySettings(Table& table) const;
  bool willBeOnDemand(const Table& table) const { return on_demand_.value_or(table.on_demand); }

  Context& context_;
  std::string name_;
  std::vector<KeyAttribute> definitions_;
  std::optional<bool> on_demand_;
  std::optional<Throughput> throughput_;
  bool empty_index_changes_ = false;  // GlobalSecondaryIndexUpdates is given and empty
  std::vector<IndexChange> index_changes_;
  std::optional<StreamRequest> stream_;
  std::optional<EncryptionRequest> encryption_;
  std::optional<std::string> table_class_;
  std::optional<bool> deletion_protection_;
  std::optional<CapacityUnits> on_demand_throughput_;
  std::optional<CapacityUnits> warm_throughput_;
};

// `what`: "table" or "index NAME".
ApiError unchanged(const std::string& what, const Throughput& current) {
  const std::string of = (what == "table" ? "the " : "") + what + ": ";
  const std::string read = std::to_string(current.read);
  const std::string write = std::to_string(current.write);
  return validationError("The provisioned throughput for the " + what +
                         " will not change. The requested value equals the current value. Current ReadCapacityUnits "
                         "provisioned for " +
                         of + read + ". Requested ReadCapacityUnits: " + read +
                         ". Current WriteCapacityUnits provisioned for " + of + write +
                         ". Requested WriteCapacityUnits: " + write +
                         ". Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher "
                         "limits.");
}

bool same(const Throughput& one, const Throughput& other) { return one.read == other.read && one.write == other.write; }

// Drops the definitions of attributes that no key uses any more.
void dropUnusedDefinitions(Table& table) {
  std::set<std::string> used;
  const auto use = [&](const KeySchema& key) {
    for (const KeyAttribute& attribute : key.hash) used.insert(attribute.name);
    for (const KeyAttribute& attribute : key.range) used.insert(attribute.name);
  };
  use(table.key);
  for (const Index& index : table.indexes) use(index.key);
  std::erase_if(table.attribute_definitions, [&](const KeyAttribute& one) { return !used.contains(one.name); });
}

const std::string& UpdateTable::IndexChange::name() const {
  return create ? create->name : update ? update->name : *remove;
}

UpdateTable::UpdateTable(rpc::RequestReader& request, Context& context) : context_(context) {
  rpc::ObjectReader& fields = request.fields();
  const auto definitions = readAttributeDefinitions(fields, false);
  name_ = readTableName(fields, context);
  on_demand_ = readBillingMode(fields);
  throughput_ = readThroughput(fields);
  readIndexChanges(fields);
  stream_ = readStream(fields);
  encryption_ = readEncryption(fields);
  table_class_ = readTableClass(fields);
  deletion_protection_ = fields.boolean("DeletionProtectionEnabled");
  on_demand_throughput_ = readOnDemandThroughput(fields);
  warm_throughput_ = readWarmThroughput(fields);
  if (warm_throughput_ && warm_throughput_->empty()) warm_throughput_.reset();
  request.finish();
  rejectAbsentFeatures(fields);
  definitions_ = definitions.value_or(std::vector<KeyAttribute>{});
  check();
}

void UpdateTable::readIndexChanges(rpc::ObjectReader& fields) {
  auto elements = fields.objects("GlobalSecondaryIndexUpdates",
                                 {.element = "com.amazonaws.dynamodb.v20120810.GlobalSecondaryIndexUpdate"});
  if (!elements) return;
  empty_index_changes_ = elements->empty();
  for (rpc::ObjectReader& element : *elements) {
    IndexChange& change = index_changes_.emplace_back();
    if (auto create = element.object("Create")) change.create = readIndex(*create, true);
    if (auto update = element.object("Update")) {
      change.update.emplace();
      change.update->name = readIndexName(*update);
      change.update->throughput = readThroughput(*update);
      change.update->on_demand_throughput = readOnDemandThroughput(*update);
      change.update->warm_throughput = readWarmThroughput(*update);
    }
    if (auto remove = element.object("Delete")) change.remove = readIndexName(*remove);
  }
}

bool UpdateTable::makesOrRemovesIndex() const {
  return std::any_of(index_changes_.begin(), index_changes_.end(),
                     [](const IndexChange& change) { return !change.update; });
}

void UpdateTable::check() const {
  if (!on_demand_ && !throughput_ && index_changes_.empty() && !stream_ && !encryption_ && !table_class_ &&
      !deletion_protection_ && !on_demand_throughput_ && !warm_throughput_) {
    throw validationError(
        "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates, "
        "SSESpecification, ReplicaUpdates, MultiAccountReplicaReady, ReplicaTransitRoleArn, MultiRegionConsistency, "
        "DeletionProtectionEnabled, OnDemandThroughput, WarmThroughput or TableClass is required");
  }
  if (empty_index_changes_) throw invalidParameters("List of GlobalSecondaryIndexUpdates is empty");
  checkTableClass(table_class_);
  checkIndexChangesAlone();
  checkCombination();
  if (throughput_) checkThroughput(*throughput_);
  if (stream_) checkStream(*stream_, Operation::kUpdateTable);
  if (encryption_) checkEncryption(*encryption_);
}

void UpdateTable::checkIndexChangesAlone() const {
  std::set<std::string> names;
  for (const IndexChange& change : index_changes_) {
    const int members =
        int{change.create.has_value()} + int{change.update.has_value()} + int{change.remove.has_value()};
    if (members == 0) {
      throw invalidParameters(
          "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, "
          "GlobalSecondaryIndexUpdate.Delete must not be null");
    }
    if (members > 1) {
      throw invalidParameters(
          "Only one global secondary index action is allowed per GlobalSecondaryIndexUpdate object");
    }
    if (!names.insert(change.name()).second) {
      throw invalidParameters("Only one global secondary index update per index is allowed simultaneously. Index: " +
                              change.name());
    }
    if (change.update && change.update->warm_throughput && change.update->warm_throughput->empty()) {
      throw invalidParameters(
          "WarmThroughput must have at least one of ReadUnitsPerSecond or WriteUnitsPerSecond specified for index: " +
          change.name());
    }
  }
}

// Most changes cannot share a request.
void UpdateTable::checkCombination() const {
  const int changes = int{on_demand_.has_value()} + int{throughput_.has_value()} + int{!index_changes_.empty()} +
                      int{stream_.has_value()} + int{encryption_.has_value()} + int{table_class_.has_value()} +
                      int{deletion_protection_.has_value()} + int{on_demand_throughput_.has_value()} +
                      int{warm_throughput_.has_value()};
  if (changes < 2) return;
  constexpr const char* kAlone = " modification must be the only operation in the request";
  if (encryption_) throw invalidParameters(std::string("Server-Side Encryption") + kAlone);
  if (table_class_) throw invalidParameters(std::string("TableClass") + kAlone);
  if (deletion_protection_) throw invalidParameters(std::string("DeletionProtection") + kAlone);
  if (warm_throughput_ && makesOrRemovesIndex()) {
    throw invalidParameters("Create global secondary index cannot be specified when updating WarmThroughput");
  }
  // WarmThroughput of a table and of its indexes may change together.
  if (warm_throughput_ && !(changes == 2 && !index_changes_.empty())) {
    throw invalidParameters("WarmThroughput must be the only operation in the request");
  }
  if (on_demand_throughput_ && stream_) {
    throw invalidParameters("OnDemandThroughput can only be combined with BillingMode in an UpdateTable request");
  }
  if (stream_ && (throughput_ || on_demand_ == false)) {
    throw invalidParameters("You cannot modify stream status while updating table IOPS");
  }
  if (makesOrRemovesIndex() && throughput_) {
    throw invalidParameters("You cannot create or delete index while updating table IOPS");
  }
  if (makesOrRemovesIndex() && stream_) {
    throw invalidParameters("You cannot create or delete index while changing stream status");
  }
}

std::string UpdateTable::run(Transaction& transaction) const {
  const auto before = describedTable(transaction, context_, name_);
  Table table = *before;
  checkAgainst(table);
  applyIndexChanges(transaction, table);
  applyThroughput(table);
  applyWarmth(*before, table);
  applyStream(transaction, table);
  applySettings(table);
  context_.catalog.put(transaction, table);
  return tableAnswer("TableDescription", transaction, table);
}

void UpdateTable::checkAgainst(const Table& table) const {
  checkBillingMode(table);
  checkOnDemandThroughput(on_demand_throughput_, willBeOnDemand(table), Operation::kUpdateTable);
  checkWarmerThan(warmThroughputOf(table.on_demand, table.throughput, table.warm_throughput), warm_throughput_);
  if (stream_ && stream_->enabled && table.stream) {
    throw validationError("Table already has an enabled stream: TableName: " + table.name);
  }
  if (stream_ && !stream_->enabled && !table.stream) {
    throw validationError("Table has no stream to disable: TableName: " + table.name);
  }
  if (encryption_) checkEncryptionChange(*encryption_, table);
  checkIndexChanges(table);
}

void UpdateTable::checkBillingMode(const Table& table) const {
  if (willBeOnDemand(table)) {
    if (throughput_) {
      throw invalidParameters(
          "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST");
    }
    return;
  }
  if (on_demand_ && !throughput_) {
    throw invalidParameters("ProvisionedThroughput must be specified when BillingMode is PROVISIONED");
  }
  if (table.on_demand) {
    for (const Index& index : table.indexes) {
      const IndexChange* change = updateOf(index.name);
      if (index.global && !(change && (change->remove || (change->update && change->update->throughput)))) {
        throw invalidParameters("ProvisionedThroughput must be specified for index: " + index.name);
      }
    }
  } else if (throughput_ && same(*throughput_, table.throughput)) {
    throw unchanged("table", table.throughput);
  }
}

const UpdateTable::IndexChange* UpdateTable::updateOf(std::string_view index_name) const {
  const auto found = std::find_if(index_changes_.begin(), index_changes_.end(),
                                  [&](const IndexChange& change) { return change.name() == index_name; });
  return found == index_changes_.end() ? nullptr : &*found;
}

void UpdateTable::checkIndexChanges(const Table& table) const {
  const auto made_or_removed = std::count_if(index_changes_.begin(), index_changes_.end(),
                                             [](const IndexChange& change) { return !change.update; });
  if (made_or_removed > 1) {
    throw ApiError("LimitExceededException",
                   "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table");
  }
  for (const IndexChange& change : index_changes_) checkIndexChange(table, change);
}

void UpdateTable::checkIndexChange(const Table& table, const IndexChange& change) const {
  const Index* index = table.findIndex(change.name());
  const bool will_be_on_demand = willBeOnDemand(table);
  if (change.create) {
    if (index) throw validationError("Attempting to create an index which already exists");
    checkNewIndex(*change.create, definitions_, will_be_on_demand);
    checkTypesKept(*change.create, definitions_, table);
    const auto global =
        std::count_if(table.indexes.begin(), table.indexes.end(), [](const Index& one) { return one.global; });
    if (static_cast<std::size_t>(global) >= limits::kGlobalIndexes) {
      throw ApiError("LimitExceededException",
                     "Subscriber limit exceeded: Number of global secondary indexes exceeds per-table limit of " +
                         std::to_string(limits::kGlobalIndexes));
    }
    return;
  }
  if (!index) {
    throw resourceNotFound("Requested resource not found: Index " + change.name() + " for table " + table.name);
  }
  if (!index->global) {
    throw validationError(std::string("Cannot ") + (change.remove ? "delete" : "update") +
                          " an index that is not a GlobalSecondaryIndex: " + change.name());
  }
  if (change.remove) return;
  const IndexRequest& update = *change.update;
  if (will_be_on_demand && (update.throughput || !(update.on_demand_throughput || update.warm_throughput))) {
    throw invalidParameters(
        "The only Updates for index: " + update.name +
        " when TableThroughputMode is PAY_PER_REQUEST can be to OnDemandThroughput, WarmThroughput");
  }
  if (!update.throughput && !update.on_demand_throughput && !update.warm_throughput) {
    throw invalidParameters("Both ReadCapacityUnits and WriteCapacityUnits must be specified for index: " +
                            update.name);
  }
  checkOnDemandThroughput(update.on_demand_throughput, will_be_on_demand, Operation::kUpdateTable, update.name);
  checkWarmerThan(warmThroughputOf(table.on_demand, index->throughput, index->warm_throughput), update.warm_throughput,
                  update.name);
  if (!update.throughput) return;
  checkThroughput(*update.throughput, update.name);
  if (!table.on_demand && same(*update.throughput, index->throughput)) {
    throw unchanged("index " + update.name, index->throughput);
  }
}

void UpdateTable::applyIndexChanges(Transaction& transaction, Table& table) const {
  for (const IndexChange& change : index_changes_) {
    if (change.create) {
      for (const KeyAttribute& definition : definitions_) {
        const auto known = std::find_if(table.attribute_definitions.begin(), table.attribute_definitions.end(),
                                        [&](const KeyAttribute& one) { return one.name == definition.name; });
        // Definitions only add attributes here: the type of a known attribute stays.
        if (known == table.attribute_definitions.end()) table.attribute_definitions.push_back(definition);
      }
      sortByName(table.attribute_definitions);
      table.indexes.push_back(makeIndex(*change.create, table.attribute_definitions, table.next_index_id++));
      fillIndex(transaction, table, table.indexes.back());
    } else if (change.remove) {
      const auto index = std::find_if(table.indexes.begin(), table.indexes.end(),
                                      [&](const Index& one) { return one.name == *change.remove; });
      eraseLater(transaction, table, *index);
      eraseStatistics(transaction, table, *index);
      table.indexes.erase(index);
    } else {
      const auto index = std::find_if(table.indexes.begin(), table.indexes.end(),
                                      [&](const Index& one) { return one.name == change.update->name; });
      if (change.update->throughput) index->throughput = *change.update->throughput;
      changeOnDemand(index->on_demand_throughput, change.update->on_demand_throughput);
    }
  }
  if (!index_changes_.empty()) dropUnusedDefinitions(table);
}

void UpdateTable::applyThroughput(Table& table) const {
  const Timestamp now = context_.clock.now();
  if (on_demand_ && *on_demand_ != table.on_demand) {
    table.on_demand = *on_demand_;
    if (table.on_demand) {
      table.billing_changed_at = now;
      table.throughput = {};
      for (Index& index : table.indexes) index.throughput = {};
    } else {
      table.on_demand_throughput = {};
      for (Index& index : table.indexes) index.on_demand_throughput = {};
    }
  }
  if (throughput_) {
    if (throughput_->read > table.throughput.read || throughput_->write > table.throughput.write) {
      table.throughput_increased_at = now;
    }
    if (throughput_->read < table.throughput.read || throughput_->write < table.throughput.write) {
      table.throughput_decreased_at = now;
    }
    table.throughput = *throughput_;
  }
  changeOnDemand(table.on_demand_throughput, on_demand_throughput_);
}

// Tables and indexes stay as warm as they were.
void UpdateTable::applyWarmth(const Table& before, Table& table) const {
  const bool billing_changes = before.on_demand != table.on_demand;
  if (billing_changes || throughput_ || warm_throughput_) {
    keepWarm(table.warm_throughput, warmThroughputOf(before.on_demand, before.throughput, before.warm_throughput),
             warm_throughput_);
  }
  for (Index& index : table.indexes) {
    const Index* known = before.findIndex(index.name);
    const IndexChange* change = updateOf(index.name);
    if (!known || !index.global || !(billing_changes || (change && change->update))) continue;
    keepWarm(index.warm_throughput, warmThroughputOf(before.on_demand, known->throughput, known->warm_throughput),
             change && change->update ? change->update->warm_throughput : std::nullopt);
  }
}

void UpdateTable::applyStream(Transaction& transaction, Table& table) const {
  if (!stream_) return;
  if (stream_->enabled) {
    turnStreamOn(transaction, context_, table, *stream_->view);
  } else {
    turnStreamOff(transaction, context_, table);
  }
}

void UpdateTable::applySettings(Table& table) const {
  if (encryption_) {
    table.sse_specification = describeEncryption(*encryption_, context_);
  }
  // Setting STANDARD on a table that never had another class changes nothing, and the class stays
  // undescribed.
  if (table_class_ && *table_class_ != (table.table_class.empty() ? "STANDARD" : table.table_class)) {
    table.table_class = *table_class_;
    table.table_class_changed_at = context_.clock.now();
  }
  if (deletion_protection_) table.deletion_protection = *deletion_protection_;
}

}  // namespace

void addUpdateTable(rpc::JsonApi& service, Context& context) {
  rpc::addWrite<UpdateTable>(service, "UpdateTable", context);
}

}  // namespace ddblog::dynamodb
