#include "services/dynamodb/service.h"

#include "services/dynamodb/operations.h"

namespace ddblog::dynamodb {

Service::Service(const rpc::ServiceEnvironment& environment)
    : environment_(environment),
      context_(environment.store, environment.clock, environment.ids, environment.region, environment.account_id,
               environment.faults, environment.traces),
      api_(protocol()),
      operations_(api_, environment.ids) {
  environment.operations.add("dynamodb", operations_);
  dynamodb::addOperations(api_, context_);
}

void Service::start() {
  time_to_live_.emplace(context_, environment_.log);
  deleted_tables_.emplace(context_, environment_.log);
}

void Service::stop() {
  deleted_tables_.reset();
  time_to_live_.reset();
}

}  // namespace ddblog::dynamodb
