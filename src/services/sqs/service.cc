#include "services/sqs/service.h"

#include "services/sqs/operations.h"
#include "services/sqs/queues/sweep.h"

namespace ddblog::sqs {

Service::Service(const rpc::ServiceEnvironment& environment)
    : context_(environment),
      recipient_(context_),
      sources_(context_),
      timer_(context_),
      api_(protocol()),
      operations_(api_, environment.ids),
      query_api_(queryProtocol(), api_, isQueuePath, addQueueUrl) {
  environment.recipients.add(recipient_);
  environment.operations.add("sqs", operations_);
  environment.event_sources.add(sources_);
  sqs::addOperations(api_, context_);
  addQueryOperations(query_api_);
}

Service::~Service() {
  stop();
  context_.store.drain();  // pending commands and notifiers refer to this service
}

void Service::addOperations(rpc::Apis& apis) {
  apis.add(api_);
  apis.add(query_api_);
}

void Service::start() {
  timer_.start();
  sweeper_ = std::make_unique<Sweeper>(context_.clock, context_.warn, [this] { return sweepQueues(context_); });
}

void Service::stop() {
  timer_.stop();
  sweeper_.reset();
}

}  // namespace ddblog::sqs
