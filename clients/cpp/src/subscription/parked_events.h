// Events that a handler did not handle, and those of the same streams behind them. The events
// themselves stay in the log.
//
//   pk              S  subscription#<group>
//   sk              S  parked#<pk of the stream>#<version, 16 digits>, or, because a sort key has at most
//                      1,024 bytes: parked#sha256:<digest of the pk, hex>#<version>
//   stream          S  the pk of the stream
//   log, id, type   S
//   version         N
//   error           S  why it is parked
//   attempts        N  0: it waits behind another one
//   parkedAt        S  ISO 8601
//
// All methods throw what Transport::call throws. Thread safety: any thread may call any method.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>

#include "clients/cpp/src/subscription/group_table.h"
#include "ddblog/subscription.h"

namespace ddblog {

// Which event an item should be, whatever else is in it.
struct EventName {
  std::string log;
  std::string id;
  std::uint64_t version = 0;
  std::string type;  // empty if the item has none
};

class ParkedEvents {
 public:
  // Both must outlive it.
  ParkedEvents(const GroupTable& table, Environment& environment) : table_(table), environment_(environment) {}

  // Parks an event that was not handled, or says that a parked one was tried once more.
  void park(const EventName& event, const std::string& error, int attempts) const;
  // Parks an event because another one of its stream is parked. If it is parked itself, what is known
  // of it stays.
  void parkBehind(const EventName& event) const;
  void remove(const ParkedEvent& parked) const;

  // Each stream in order. Throws InvalidEvent for an item that is none.
  std::vector<ParkedEvent> all() const;
  // The partition keys of the streams that have a parked event.
  std::set<std::string> streams() const;
  // Whether an event of the stream is parked.
  bool has(const std::string& pk) const;

 private:
  std::string itemOf(const EventName& event, const std::string& error, int attempts) const;

  const GroupTable& table_;
  Environment& environment_;
};

}  // namespace ddblog
