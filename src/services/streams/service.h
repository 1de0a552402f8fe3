// The DynamoDB Streams service: its operations, its streams as event sources, and the sweeper that
// erases records past their retention.
#pragma once

#include <optional>

#include "rpc/service.h"
#include "services/dynamodb/core/context.h"
#include "services/streams/retention.h"
#include "services/streams/stream_source.h"

namespace ddblog::streams {

class Service : public rpc::Service {
 public:
  // `tables`: DynamoDB's context, which must outlive the service.
  Service(const rpc::ServiceEnvironment& environment, dynamodb::Context& tables);

  void addOperations(rpc::Apis& apis) override { apis.add(api_); }
  void start() override { retention_.emplace(tables_, environment_.log); }
  void stop() override { retention_.reset(); }

 private:
  const rpc::ServiceEnvironment environment_;
  dynamodb::Context& tables_;
  StreamSources sources_;
  rpc::JsonApi api_;
  std::optional<Retention> retention_;
};

}  // namespace ddblog::streams
