// DynamoDB as a service: its tables, its operations, and the sweepers that delete expired items and
// erase deleted tables.
#pragma once

#include <optional>

#include "rpc/service.h"
#include "services/dynamodb/core/context.h"
#include "services/dynamodb/tables/deleted_tables.h"
#include "services/dynamodb/tables/time_to_live.h"

namespace ddblog::dynamodb {

class Service : public rpc::Service {
 public:
  explicit Service(const rpc::ServiceEnvironment& environment);

  void addOperations(rpc::Apis& apis) override { apis.add(api_); }
  void start() override;
  void stop() override;

  // The tables, for the services that read their streams.
  Context& context() { return context_; }

 private:
  const rpc::ServiceEnvironment environment_;
  Context context_;
  rpc::JsonApi api_;
  rpc::TransactedJsonOperations operations_;
  std::optional<TimeToLive> time_to_live_;
  std::optional<DeletedTables> deleted_tables_;
};

}  // namespace ddblog::dynamodb
