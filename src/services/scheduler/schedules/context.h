// What EventBridge Scheduler's operations use besides the store.
//
// Created once at the start. Thread safety: as its parts. It must outlive the service, and must not
// be used after the store closes.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "deliveries/deliveries.h"
#include "rpc/service.h"
#include "services/scheduler/schedules/key_spaces.h"
#include "services/scheduler/schedules/schedule.h"
#include "services/scheduler/schedules/schedule_catalog.h"
#include "services/scheduler/schedules/universal_targets.h"

namespace ddblog::scheduler {

struct Context {
  explicit Context(const rpc::ServiceEnvironment& environment)
      : store(environment.store),
        clock(environment.clock),
        ids(environment.ids),
        region(environment.region),
        account_id(environment.account_id),
        warn(environment.log),
        universal_targets(environment.operations, warn),
        recipients(&environment.recipients),
        arns(region, account_id),
        catalog(ids),
        // A schedule invokes its target in a role, so a queue's policy need not allow it.
        deliveries({store, clock, ids, recipients, environment.failures, warn, environment.traces},
                   {.waiting = key_spaces::kRetries,
                    .due = key_spaces::kRetriesDue,
                    .principal = {},
                    .source_attribute = "SCHEDULE_ARN",
                    .delivery_word = "execution",
                    .attempt_variable = "<aws.scheduler.attempt-number>"}) {
    recipients.add(universal_targets);
  }

  Store& store;
  Clock& clock;
  Ids& ids;
  const std::string region;      // "us-east-1"
  const std::string account_id;  // "000000000000"
  const std::function<void(std::string_view line)> warn;
  UniversalTargets universal_targets;
  rpc::Recipients recipients;  // the cloud's and the universal targets
  const Arns arns;
  const ScheduleCatalog catalog;
  const deliveries::Deliveries deliveries;
};

}  // namespace ddblog::scheduler
