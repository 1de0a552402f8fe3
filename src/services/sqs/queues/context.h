// What SQS's operations use besides the store.
//
// Created once at the start. Thread safety: as its parts. It must outlive the service, and must not
// be used after the store closes.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/ids.h"
#include "rpc/service.h"
#include "services/sqs/queues/catalog.h"
#include "services/sqs/queues/messages.h"
#include "services/sqs/queues/move_tasks.h"
#include "services/sqs/queues/waiting_receives.h"
#include "store/store.h"

namespace ddblog::sqs {

struct Context {
  explicit Context(const rpc::ServiceEnvironment& environment)
      : store(environment.store),
        clock(environment.clock),
        ids(environment.ids),
        region(environment.region),
        account_id(environment.account_id),
        warn(environment.log),
        catalog(environment.region, environment.account_id),
        messages(clock, ids, catalog, environment.faults),
        move_tasks(store, clock, catalog, messages),
        traces(environment.traces) {}

  Store& store;
  Clock& clock;
  Ids& ids;
  const std::string region;
  const std::string account_id;  // "000000000000"
  const std::function<void(std::string_view line)> warn;
  const Catalog catalog;
  Messages messages;
  MoveTasks move_tasks;
  WaitingReceives waiting_receives;
  rpc::Traces* const traces;  // nullptr: nobody wants them
};

}  // namespace ddblog::sqs
