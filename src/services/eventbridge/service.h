// The EventBridge service: buses, rules, schedules and retries; archives and replays; buses and log
// groups as recipients of messages; and the operations on them.
#pragma once

#include <optional>

#include "base/sweeper.h"
#include "deliveries/retries.h"
#include "rpc/background_work.h"
#include "rpc/service.h"
#include "services/eventbridge/archive/archive.h"
#include "services/eventbridge/archive/archive_catalog.h"
#include "services/eventbridge/archive/context.h"
#include "services/eventbridge/archive/replay_runner.h"
#include "services/eventbridge/bus/bus_recipient.h"
#include "services/eventbridge/bus/context.h"
#include "services/eventbridge/bus/log_recipient.h"
#include "services/eventbridge/bus/schedules.h"

namespace ddblog::eventbridge {

struct ServiceOptions {
  ArchiveFile* archive_file = nullptr;  // nullptr: nothing is archived; else it must outlive the service
  ArchiveOptions archive = {};
  HasContentId has_content_id = {};  // empty: ids are random
};

class Service : public rpc::Service, public rpc::BackgroundWork {
 public:
  // Starts to archive the events that an earlier process left in the queue. Creates the bus
  // `default` unless it exists.
  Service(const rpc::ServiceEnvironment& environment, ServiceOptions options);
  ~Service() override;

  // AWS's operations, and our own routes (operations.h).
  void addOperations(rpc::Apis& apis) override;
  // Resumes schedules, retries and replays, and sweeps what archives no longer keep.
  void start() override;
  void stop() override;
  rpc::Activity activity() const override;
  rpc::Delays delays() const override;
  void hurry() override;
  rpc::WorkCounts workCounts() const override;

  // nullptr: nothing is archived.
  Archive* archive() { return archive_ ? &*archive_ : nullptr; }
  Context& context() { return context_; }
  ArchiveContext& archiveContext() { return archive_context_; }

 private:
  const ArchiveCatalog archives_;
  std::optional<Archive> archive_;
  Context context_;
  ArchiveContext archive_context_;
  BusRecipient recipient_;  // the background work below delivers to them
  LogRecipient log_recipient_;
  ReplayRunner replays_;
  deliveries::Retries retries_;
  Schedules schedules_;
  std::optional<Sweeper> retention_;
  rpc::JsonApi api_;
  rpc::TransactedJsonOperations operations_;
  rpc::RestApi local_api_;
};

}  // namespace ddblog::eventbridge
