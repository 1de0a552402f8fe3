// What the services have to do: what they are at, what comes next by itself, and what waits.
//
// Thread safety: values.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"

namespace ddblog::rpc {

// The background work that is due, at one moment. Whoever moves the clock lets it finish first: then
// nothing gets too old that could have been delivered.
struct Activity {
  std::vector<std::string> busy_with;         // the work that is due and not done, in words; empty: none
  RunningTime next_due = RunningTime::max();  // when more becomes due
  // Grows with each change of the above. So if two looks both find nothing due and equal numbers,
  // nothing was due anywhere in between, although each part was looked at in its turn.
  std::uint64_t changes = 0;

  void add(Activity other) {
    for (std::string& work : other.busy_with) busy_with.push_back(std::move(work));
    next_due = std::min(next_due, other.next_due);
    changes += other.changes;
  }
};

// A number that is only counted up to a limit.
struct BoundedCount {
  std::uint64_t number = 0;
  bool or_more = false;

  void add(const BoundedCount& other) {
    number += other.number;
    or_more = or_more || other.or_more;
  }
};

// What waits in the store.
struct Backlog {
  BoundedCount events;       // records that event source mappings have not delivered yet
  BoundedCount invocations;  // asynchronous ones

  void add(const Backlog& other) {
    events.add(other.events);
    invocations.add(other.invocations);
  }
};

}  // namespace ddblog::rpc
