// The EventBridge service: buses, their rules and operations, buses as recipients of messages, and
// the archive.
#pragma once

#include <optional>

#include "rpc/service.h"
#include "services/eventbridge/archive/archive.h"
#include "services/eventbridge/bus/bus_recipient.h"
#include "services/eventbridge/bus/context.h"

namespace ddblog::eventbridge {

struct ServiceOptions {
  ArchiveFile* archive_file = nullptr;  // nullptr: nothing is archived; else it must outlive the service
  ArchiveOptions archive = {};
  HasContentId has_content_id = {};  // empty: ids are random
};

class Service : public rpc::Service {
 public:
  // Starts to archive the events that an earlier process left in the queue. Creates the bus
  // `default` unless it exists.
  Service(const rpc::ServiceEnvironment& environment, ServiceOptions options);

  // AWS's operations, and POST /_local/replay (operations/replay_events.cc).
  void addOperations(rpc::Apis& apis) override;

  // nullptr: nothing is archived.
  Archive* archive() { return archive_ ? &*archive_ : nullptr; }
  Context& context() { return context_; }

 private:
  std::optional<Archive> archive_;
  Context context_;
  BusRecipient recipient_;
  rpc::JsonApi api_;
  rpc::RestApi local_api_;
};

}  // namespace ddblog::eventbridge
