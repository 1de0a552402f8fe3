// What a service with background work says of it besides Service::activity(), for those who want the work
// to be over (src/offline/settles.h).
//
// Thread safety: any thread, between start() and stop().
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"

namespace ddblog::rpc {

// Work that has begun and goes on later: a retry, a back-off, a batching window. What a schedule starts
// has not begun.
struct Delay {
  std::string what;  // in words, with the last error if there was one
  RunningTime until;
};
using Delays = std::vector<Delay>;

// `until` RunningTime::max(): there is none.
inline void addDelay(Delays& delays, std::string what, RunningTime until) {
  if (until != RunningTime::max()) delays.push_back({std::move(what), until});
}

// How much was done since the program's start.
struct WorkCounts {
  std::uint64_t events = 0;       // put on an archived bus, by a schedule or a replay too
  std::uint64_t deliveries = 0;   // of events and of schedules' inputs, which a target took
  std::uint64_t invocations = 0;  // asynchronous ones that ended, each with all its attempts
  std::uint64_t retries = 0;      // further attempts of deliveries, asynchronous invocations and streams' batches

  void add(const WorkCounts& other) {
    events += other.events;
    deliveries += other.deliveries;
    invocations += other.invocations;
    retries += other.retries;
  }
  // What was done since `before`.
  WorkCounts since(const WorkCounts& before) const {
    return {events - before.events, deliveries - before.deliveries, invocations - before.invocations,
            retries - before.retries};
  }
};

class BackgroundWork {
 public:
  virtual ~BackgroundWork() = default;
  // The next delay of each part.
  virtual Delays delays() const = 0;
  // Does at once what otherwise waits a moment, to be done together with more of its kind.
  virtual void hurry() {}
  virtual WorkCounts workCounts() const { return {}; }
};

}  // namespace ddblog::rpc
