// What the operations of EventBridge work with besides the store.
//
// Made once at the start; thread-safe as far as its parts are. It must outlive the service, and stop being used before
// the store closes.
#pragma once

#include <string>
#include <utility>

#include "base/clock.h"
#include "base/ids.h"
#include "services/eventbridge/archive/archive.h"
#include "services/eventbridge/bus/catalog.h"
#include "services/eventbridge/bus/resources.h"
#include "services/eventbridge/bus/target_delivery.h"
#include "store/store.h"

namespace ddblog::eventbridge {

struct Context {
  Context(Store& store, Clock& clock, Ids& ids, std::string region, std::string account_id, TargetDelivery& delivery,
          Archive& archive, Warn warn)
      : store(store),
        clock(clock),
        ids(ids),
        region(std::move(region)),
        account_id(std::move(account_id)),
        delivery(delivery),
        archive(archive),
        warn(std::move(warn)),
        arns(this->region, this->account_id),
        catalog(ids, arns) {}

  Store& store;
  Clock& clock;
  Ids& ids;
  const std::string region;      // "us-east-1"
  const std::string account_id;  // "000000000000"
  TargetDelivery& delivery;
  Archive& archive;
  const Warn warn;
  const Arns arns;
  const Catalog catalog;
};

}  // namespace ddblog::eventbridge
