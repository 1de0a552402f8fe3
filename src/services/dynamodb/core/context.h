// What the operations of DynamoDB and of its Streams use besides the store.
//
// Created once at the start. Thread safety: as its parts.
#pragma once

#include <cstdint>
#include <string>

#include "base/clock.h"
#include "base/faults.h"
#include "base/ids.h"
#include "services/dynamodb/core/catalog.h"
#include "services/dynamodb/core/change_notifiers.h"
#include "services/dynamodb/core/limits.h"
#include "services/dynamodb/core/ongoing_transactions.h"
#include "services/dynamodb/core/preparations.h"
#include "store/store.h"

namespace ddblog::rpc {
class Traces;
}

namespace ddblog::dynamodb {

// The open shard is closed and a child is opened at the first record after one of these limits is
// reached.
struct ShardLimits {
  std::uint64_t records = limits::kShardRecords;
  std::uint64_t bytes = limits::kShardBytes;
  Duration age = limits::kShardAge;
};

struct Context {
  Context(Store& store, Clock& clock, Ids& ids, std::string region, std::string account_id, Faults* faults = nullptr,
          rpc::Traces* traces = nullptr)
      : store(store),
        clock(clock),
        ids(ids),
        region(std::move(region)),
        account_id(std::move(account_id)),
        faults(faults),
        traces(traces) {}

  // A commit notifies the readers of changes after it has completed, so the notifiers must outlive
  // it. It drains twice, because a preparation posts its write, and a stale write is prepared again.
  ~Context() {
    store.drain();
    preparations.stop();
    store.drain();
  }

  Store& store;
  Clock& clock;
  Ids& ids;
  const std::string region;      // "us-east-1"
  const std::string account_id;  // "000000000000"
  Faults* const faults;          // parts of batches fail; nullptr: none
  Catalog catalog;
  ShardLimits shard_limits;  // set before the first request
  ChangeNotifiers change_notifiers;
  OngoingTransactions ongoing_transactions;  // writer thread only
  Preparations preparations;
  rpc::Traces* const traces;  // nullptr: nobody wants them
};

}  // namespace ddblog::dynamodb
