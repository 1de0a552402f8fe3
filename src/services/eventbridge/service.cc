#include "services/eventbridge/service.h"

#include "services/eventbridge/archive/archive_retention.h"
#include "services/eventbridge/operations.h"

namespace ddblog::eventbridge {

Service::Service(const rpc::ServiceEnvironment& environment, ServiceOptions options)
    : archives_(environment.ids),
      archive_(options.archive_file
                   ? std::optional<Archive>(std::in_place, environment.store, environment.clock, archives_,
                                            *options.archive_file, std::move(options.archive), environment.log)
                   : std::nullopt),
      context_(environment, archive(), std::move(options.has_content_id)),
      archive_context_(context_, archives_, archive()),
      recipient_(context_),
      log_recipient_(environment.region, environment.account_id, environment.log),
      replays_(archive_context_),
      retries_(context_.deliveries, "events are delivered to targets again"),
      schedules_(context_),
      api_(protocol()),
      operations_(api_, environment.ids) {
  environment.recipients.add(recipient_);
  environment.recipients.add(log_recipient_);
  environment.operations.add("eventbridge", operations_);
  eventbridge::addOperations(api_, context_);
  addArchiveOperations(api_, archive_context_);
  addLocalRoutes(local_api_, archive_context_);
}

Service::~Service() {
  stop();
  context_.store.drain();  // pending commands and notifiers refer to this service
}

void Service::addOperations(rpc::Apis& apis) {
  apis.add(api_);
  apis.add(local_api_);
}

void Service::start() {
  retries_.start();
  schedules_.start();
  replays_.start();
  if (archive_ && !retention_) {
    retention_.emplace(context_.clock, context_.warn, [this] { return sweepArchives(archive_context_); });
  }
}

void Service::stop() {
  retention_.reset();
  schedules_.stop();
  replays_.stop();
  retries_.stop();
}

rpc::Activity Service::activity() const {
  rpc::Activity activity = replays_.activity();
  activity.add(retries_.activity());
  activity.add(schedules_.activity());
  if (archive_) activity.add(archive_->activity());
  return activity;
}

void Service::hurry() {
  if (archive_) archive_->hurry();
}

rpc::Delays Service::delays() const {
  rpc::Delays delays;
  rpc::addDelay(delays, "events are delivered to targets again", retries_.activity().next_due);
  rpc::addDelay(delays, "a replay goes on", replays_.activity().next_due);
  if (archive_) rpc::addDelay(delays, "the archive is written again", archive_->activity().next_due);
  return delays;
}

rpc::WorkCounts Service::workCounts() const {
  rpc::WorkCounts counts;
  if (archive_) counts.events = archive_->eventsSeen();
  counts.deliveries = context_.deliveries.delivered();
  counts.retries = context_.deliveries.retries();
  return counts;
}

}  // namespace ddblog::eventbridge
