#include "services/eventbridge/service.h"

#include "services/eventbridge/operations.h"

namespace ddblog::eventbridge {

Service::Service(const rpc::ServiceEnvironment& environment, ServiceOptions options)
    : archive_(options.archive_file
                   ? std::optional<Archive>(std::in_place, environment.store, environment.clock, *options.archive_file,
                                            std::move(options.archive), environment.log)
                   : std::nullopt),
      context_(environment, archive(), std::move(options.has_content_id)),
      recipient_(context_),
      api_(protocol()) {
  environment.recipients.add(recipient_);
  eventbridge::addOperations(api_, context_);
  addLocalRoutes(local_api_, context_);
}

void Service::addOperations(rpc::Apis& apis) {
  apis.add(api_);
  apis.add(local_api_);
}

}  // namespace ddblog::eventbridge
