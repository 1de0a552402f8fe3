#include "services/streams/service.h"

#include "services/streams/operations.h"

namespace ddblog::streams {

Service::Service(const rpc::ServiceEnvironment& environment, dynamodb::Context& tables)
    : environment_(environment), tables_(tables), sources_(tables), api_(protocol()) {
  environment.event_sources.add(sources_);
  streams::addOperations(api_, tables);
}

}  // namespace ddblog::streams
