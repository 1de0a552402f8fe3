// What EventBridge's operations use besides the store.
//
// Created once at the start. Thread safety: as its parts. It must outlive the service, and must not
// be used after the store closes.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/faults.h"
#include "base/ids.h"
#include "deliveries/deliveries.h"
#include "rpc/service.h"
#include "services/eventbridge/bus/catalog.h"
#include "services/eventbridge/bus/event_observer.h"
#include "services/eventbridge/bus/key_spaces.h"
#include "services/eventbridge/bus/resources.h"
#include "store/store.h"

namespace ddblog::eventbridge {

// Whether an event's id is derived from its content, so that putting the same event twice yields
// one event id.
using HasContentId = std::function<bool(const NewEvent&)>;

struct Context {
  // `observer` may be nullptr. Empty `has_content_id`: ids are random.
  explicit Context(const rpc::ServiceEnvironment& environment, EventObserver* observer = nullptr,
                   HasContentId has_content_id = {})
      : store(environment.store),
        clock(environment.clock),
        ids(environment.ids),
        region(environment.region),
        account_id(environment.account_id),
        recipients(environment.recipients),
        failures(environment.failures),
        faults(environment.faults),
        observer(observer),
        has_content_id(std::move(has_content_id)),
        warn(environment.log),
        arns(region, account_id),
        catalog(ids, arns),
        deliveries({store, clock, ids, recipients, failures, warn, environment.traces},
                   {.waiting = key_spaces::kRetries,
                    .due = key_spaces::kRetriesDue,
                    .principal = "events.amazonaws.com",
                    .source_attribute = "RULE_ARN",
                    .delivery_word = "event",
                    .attempt_variable = {}}),
        traces(environment.traces) {}

  Store& store;
  Clock& clock;
  Ids& ids;
  const std::string region;      // "us-east-1"
  const std::string account_id;  // "000000000000"
  const rpc::Recipients& recipients;
  rpc::FailureRecorder& failures;
  Faults* const faults;  // nullptr: none
  EventObserver* const observer;
  const HasContentId has_content_id;
  const std::function<void(std::string_view line)> warn;
  const Arns arns;
  const Catalog catalog;
  const deliveries::Deliveries deliveries;  // to rules' targets
  rpc::Traces* const traces;                // nullptr: nobody wants them
};

}  // namespace ddblog::eventbridge
