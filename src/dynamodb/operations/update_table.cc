#include "dynamodb/operations/update_table.h"

#include <algorithm>
#include <set>

#include "base/api_error.h"
#include "dynamodb/change_records.h"
#include "dynamodb/deleted_tables.h"
#include "dynamodb/item_writes.h"
#include "dynamodb/table_extras.h"
#include "dynamodb/table_json.h"
#include "dynamodb/table_statistics.h"

namespace ddblog::dynamodb {
namespace {

ApiError invalid(const std::string& what) {
  return validationError("One or more parameter values were invalid: " + what);
}

ApiError unchanged(const std::string& what, const Throughput& current) {
  const std::string kind = what.substr(0, what.find(' '));
  const std::string read = std::to_string(current.read);
  const std::string write = std::to_string(current.write);
  return validationError("The provisioned throughput for the " + what +
                         " will not change. The requested value equals the current value. Current ReadCapacityUnits "
                         "provisioned for the " +
                         kind + ": " + read + ". Requested ReadCapacityUnits: " + read +
                         ". Current WriteCapacityUnits provisioned for the " + kind + ": " + write +
                         ". Requested WriteCapacityUnits: " + write +
                         ". Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher "
                         "limits.");
}

bool same(const Throughput& one, const Throughput& other) { return one.read == other.read && one.write == other.write; }

// What OnDemandThroughput is after a change: members that are not mentioned stay, -1 takes one away.
std::string mergedUnits(const std::string& current, const std::string& change) {
  json::object units = current.empty() ? json::object() : parseJson(current).as_object();
  const json::value changed = parseJson(change);
  for (const auto& member : changed.as_object()) {
    if (member.value() == json::value(-1)) {
      units.erase(member.key());
    } else {
      units[member.key()] = member.value();
    }
  }
  return units.empty() ? std::string() : json::serialize(units);
}

// Attributes that no key uses any more are forgotten.
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

}  // namespace

const std::string& UpdateTable::IndexChange::name() const {
  return create ? create->name : update ? update->name : *remove;
}

UpdateTable::UpdateTable(api::RequestReader& request, Context& context) : context_(context) {
  api::ObjectReader& fields = request.fields();
  const auto definitions = readAttributeDefinitions(fields, false);
  name_ = readTableName(fields);
  on_demand_ = readBillingMode(fields);
  throughput_ = readThroughput(fields);
  readIndexChanges(fields);
  stream_ = readStream(fields);
  encryption_ = readEncryption(fields);
  table_class_ = readTableClass(fields);
  deletion_protection_ = fields.boolean("DeletionProtectionEnabled");
  on_demand_throughput_ = readKeptObject(fields, "OnDemandThroughput");
  warm_throughput_ = readKeptObject(fields, "WarmThroughput");
  request.finish();
  refuseGlobalTables(fields);
  definitions_ = definitions.value_or(std::vector<KeyAttribute>{});
  check();
}

void UpdateTable::readIndexChanges(api::ObjectReader& fields) {
  auto elements = fields.objects("GlobalSecondaryIndexUpdates",
                                 {.element = "com.amazonaws.dynamodb.v20120810.GlobalSecondaryIndexUpdate"});
  if (!elements) return;
  for (api::ObjectReader& element : *elements) {
    IndexChange& change = index_changes_.emplace_back();
    if (auto create = element.object("Create")) change.create = readIndex(*create, true);
    if (auto update = element.object("Update")) {
      change.update.emplace();
      change.update->name = readIndexName(*update);
      change.update->throughput = readThroughput(*update);
      change.update->on_demand_throughput = readKeptObject(*update, "OnDemandThroughput");
      change.update->warm_throughput = readKeptObject(*update, "WarmThroughput");
    }
    if (auto remove = element.object("Delete")) change.remove = readIndexName(*remove);
  }
}

void UpdateTable::check() const {
  if (!on_demand_ && !throughput_ && index_changes_.empty() && !stream_ && !encryption_ && !table_class_ &&
      !deletion_protection_ && on_demand_throughput_.empty() && warm_throughput_.empty()) {
    throw validationError(
        "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates or "
        "SSESpecification or ReplicaUpdates is required");
  }
  if (throughput_) checkThroughput(*throughput_);
  if (throughput_ && stream_) throw invalid("You cannot modify stream status while updating table IOPS");
  std::set<std::string> names;
  for (const IndexChange& change : index_changes_) {
    const int members =
        int{change.create.has_value()} + int{change.update.has_value()} + int{change.remove.has_value()};
    if (members == 0) {
      throw invalid(
          "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, "
          "GlobalSecondaryIndexUpdate.Delete must not be null");
    }
    if (members > 1) {
      throw invalid(
          "Only one of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, "
          "GlobalSecondaryIndexUpdate.Delete may be given");
    }
    if (!names.insert(change.name()).second) {
      throw invalid("Only one global secondary index update per index is allowed simultaneously. Index: " +
                    change.name());
    }
  }
  if (stream_) checkStream(*stream_, false);
}

std::string UpdateTable::run(Transaction& transaction) const {
  Table table = *describedTable(transaction, context_, name_);
  checkAgainst(table);
  applyIndexChanges(transaction, table);
  applyThroughput(table);
  applyStream(transaction, table);
  applySettings(table);
  context_.catalog.put(transaction, table);

  std::string out;
  JsonWriter json(out);
  json.beginObject().key("TableDescription");
  writeTableDescription(json, transaction, table);
  json.endObject();
  return out;
}

void UpdateTable::checkAgainst(const Table& table) const {
  checkBillingMode(table);
  checkOnDemandThroughput(on_demand_throughput_, willBeOnDemand(table), false);
  if (stream_ && stream_->enabled && table.stream) {
    throw validationError("Table already has an enabled stream: TableName: " + table.name);
  }
  if (stream_ && !stream_->enabled && !table.stream) {
    throw validationError("Table already has a disabled stream: TableName: " + table.name);
  }
  checkIndexChanges(table);
}

void UpdateTable::checkBillingMode(const Table& table) const {
  if (willBeOnDemand(table) && throughput_) {
    throw invalid(
        "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST");
  }
  if (willBeOnDemand(table)) return;
  if (table.on_demand) {
    if (!throughput_) throw invalid("ProvisionedThroughput must be specified when BillingMode is PROVISIONED");
    for (const Index& index : table.indexes) {
      const IndexChange* change = updateOf(index.name);
      if (index.global && !(change && (change->remove || (change->update && change->update->throughput)))) {
        throw invalid("ProvisionedThroughput must be specified for index: " + index.name);
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
  std::size_t made_or_removed = 0;
  std::size_t global = 0;
  for (const Index& index : table.indexes) global += index.global ? 1 : 0;
  for (const IndexChange& change : index_changes_) {
    const Index* index = table.findIndex(change.name());
    if (change.update && !(index && index->global)) {
      throw validationError(
          "This operation cannot be performed with given input values. Please contact DynamoDB service team for more "
          "info: Action Blocked: IndexUpdate");
    }
    if (!change.update) ++made_or_removed;
  }
  if (made_or_removed > 1) {
    throw ApiError("LimitExceededException",
                   "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table");
  }
  for (const IndexChange& change : index_changes_) {
    const Index* index = table.findIndex(change.name());
    if (change.create) {
      if (index) throw invalid("Index already exists: " + change.create->name);
      checkGlobalIndex(*change.create, definitions_, willBeOnDemand(table));
      if (global + 1 > limits::kGlobalIndexes) {
        throw ApiError("LimitExceededException",
                       "Subscriber limit exceeded: GlobalSecondaryIndex count exceeds the per-table limit of 20");
      }
    } else if (change.remove) {
      if (!index || !index->global) throw resourceNotFound("Requested resource not found");
    } else if (change.update->throughput) {
      if (willBeOnDemand(table)) {
        throw invalid("ProvisionedThroughput should not be specified for index: " + change.update->name +
                      " when BillingMode is PAY_PER_REQUEST");
      }
      checkThroughput(*change.update->throughput, change.update->name);
      if (!table.on_demand && same(*change.update->throughput, index->throughput)) {
        throw unchanged("index " + change.update->name, index->throughput);
      }
    }
  }
}

void UpdateTable::applyIndexChanges(Transaction& transaction, Table& table) const {
  for (const IndexChange& change : index_changes_) {
    if (change.create) {
      for (const KeyAttribute& definition : definitions_) {
        const auto known = std::find_if(table.attribute_definitions.begin(), table.attribute_definitions.end(),
                                        [&](const KeyAttribute& one) { return one.name == definition.name; });
        // A type that was given before stays: definitions here only add.
        if (known == table.attribute_definitions.end()) table.attribute_definitions.push_back(definition);
      }
      table.indexes.push_back(makeIndex(*change.create, table.attribute_definitions, table.next_index_id++));
      fillIndex(transaction, table, table.indexes.back());
    } else if (change.remove) {
      const auto index = std::find_if(table.indexes.begin(), table.indexes.end(),
                                      [&](const Index& one) { return one.name == *change.remove; });
      leaveBehind(transaction, table, *index);
      eraseStatistics(transaction, table, *index);
      table.indexes.erase(index);
    } else {
      const auto index = std::find_if(table.indexes.begin(), table.indexes.end(),
                                      [&](const Index& one) { return one.name == change.update->name; });
      if (change.update->throughput) index->throughput = *change.update->throughput;
      if (!change.update->on_demand_throughput.empty()) {
        index->on_demand_throughput = mergedUnits(index->on_demand_throughput, change.update->on_demand_throughput);
      }
      if (!change.update->warm_throughput.empty()) index->warm_throughput = change.update->warm_throughput;
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
      table.on_demand_throughput.clear();
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
  if (!on_demand_throughput_.empty()) {
    table.on_demand_throughput = mergedUnits(table.on_demand_throughput, on_demand_throughput_);
  }
  if (!warm_throughput_.empty()) table.warm_throughput = warm_throughput_;
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
    table.sse_specification = describeEncryption(*encryption_, context_.region, context_.account_id);
  }
  if (table_class_ && *table_class_ != table.table_class) {
    table.table_class = *table_class_;
    table.table_class_changed_at = context_.clock.now();
  }
  if (deletion_protection_) table.deletion_protection = *deletion_protection_;
}

}  // namespace ddblog::dynamodb
