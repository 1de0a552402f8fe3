// UpdateTable: changes a table's billing mode, throughput, stream, global indexes, encryption, class or protection. All
// of it is done when the answer comes: a new index is filled in the same command.
//
// Refuses, in this order: broken constraints; nothing to change; what the fields say together; then, with the table's
// state, ResourceNotFoundException (no such table or index), ValidationException (a stream that is on already,
// throughput that does not go with the billing mode or does not change, keys that are not defined),
// LimitExceededException (more than one index made or removed, too many indexes).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rpc/request_reader.h"
#include "services/dynamodb/core/context.h"
#include "services/dynamodb/tables/encryption.h"
#include "services/dynamodb/tables/table_request.h"

namespace ddblog::dynamodb {

class UpdateTable {
 public:
  UpdateTable(rpc::RequestReader& request, Context& context);
  std::string run(Transaction& transaction) const;

 private:
  // One element of GlobalSecondaryIndexUpdates: exactly one of its members is there.
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
  bool empty_index_changes_ = false;  // GlobalSecondaryIndexUpdates is there and empty
  std::vector<IndexChange> index_changes_;
  std::optional<StreamRequest> stream_;
  std::optional<EncryptionRequest> encryption_;
  std::optional<std::string> table_class_;
  std::optional<bool> deletion_protection_;
  std::optional<Units> on_demand_throughput_;
  std::optional<Units> warm_throughput_;
};

}  // namespace ddblog::dynamodb
