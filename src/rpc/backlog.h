// What waits in the store for the services, however long it may take. Thread safety: values.
#pragma once

#include <cstdint>

namespace ddblog::rpc {

// A number that is only counted up to a limit.
struct BoundedCount {
  std::uint64_t number = 0;
  bool or_more = false;  // the limit was reached

  void add(const BoundedCount& other) {
    number += other.number;
    or_more = or_more || other.or_more;
  }
};

struct Backlog {
  BoundedCount events;       // records that event source mappings have not delivered yet
  BoundedCount invocations;  // asynchronous ones, failed ones that will be retried too

  void add(const Backlog& other) {
    events.add(other.events);
    invocations.add(other.invocations);
  }
};

}  // namespace ddblog::rpc
