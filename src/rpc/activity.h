// The background work of the services. Thread safety: a value.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"

namespace ddblog::rpc {

// What is due at one moment, and when more becomes due. Whoever moves the clock lets it finish
// first: then nothing gets too old that could have been delivered.
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

}  // namespace ddblog::rpc
