// DynamoDB Streams as a service: its operations, and the sweeper that erases what is past the
// retention.
#pragma once

#include <optional>

#include "rpc/service.h"
#include "services/dynamodb/core/context.h"
#include "services/streams/retention.h"

namespace ddblog::streams {

class Service : public rpc::Service {
 public:
  // `tables`: DynamoDB's. It must outlive the service.
  Service(const rpc::ServiceEnvironment& environment, dynamodb::Context& tables);

  void addOperations(rpc::Apis& apis) override { apis.add(api_); }
  void start() override { retention_.emplace(tables_, environment_.log); }
  void stop() override { retention_.reset(); }

 private:
  const rpc::ServiceEnvironment environment_;
  dynamodb::Context& tables_;
  rpc::JsonApi api_;
  std::optional<Retention> retention_;
};

}  // namespace ddblog::streams
