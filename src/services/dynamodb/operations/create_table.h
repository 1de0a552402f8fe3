// CreateTable: makes a table, with its indexes and its stream, ACTIVE at once.
//
// Refuses, in this order: broken constraints; a table class that is none; throughput (provisioned, on demand, warm)
// that does not go with the billing mode; a key, then indexes, that do not go with AttributeDefinitions; a stream
// without a view type; encryption; the policy; tags; then ResourceInUseException (the name is taken) and
// LimitExceededException (limits::kTables).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rpc/request_reader.h"
#include "services/dynamodb/core/context.h"
#include "services/dynamodb/tables/encryption.h"
#include "services/dynamodb/tables/table_request.h"
#include "services/dynamodb/tables/tags.h"

namespace ddblog::dynamodb {

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
  std::optional<std::vector<IndexRequest>> local_;
  std::optional<std::vector<IndexRequest>> global_;
  bool on_demand_ = false;
  std::optional<Throughput> throughput_;
  std::optional<StreamRequest> stream_;
  std::optional<EncryptionRequest> encryption_;
  std::vector<Tag> tags_;
  std::optional<std::string> table_class_;
  bool deletion_protection_ = false;
  std::optional<Units> on_demand_throughput_;
  std::optional<Units> warm_throughput_;
  std::optional<std::string> policy_;
};

}  // namespace ddblog::dynamodb
