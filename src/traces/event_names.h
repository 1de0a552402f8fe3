// The events of the log, and which one a span is about.
//
// Thread safety: a value type and stateless functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/json.h"
#include "rpc/traces.h"

namespace ddblog::traces {

// An event of the log: the item "users#42#stream", version 3.
struct EventName {
  std::string log;
  std::string id;
  std::uint64_t version = 0;

  std::string streamKey() const { return log + "#" + id + "#stream"; }
  bool operator==(const EventName&) const = default;
};

// Of an event on a bus that the trigger has put: {"detail": {"key": {"pk": "users#42#stream", "sk": 3}, …}, …}.
std::optional<EventName> eventOnBus(const rpc::Span& span);
// Of a write, if its item is an event.
std::optional<EventName> eventWritten(const rpc::Span& span);
// The order key of the event's change record.
std::string orderKeyOf(const EventName& event);

json::object toJson(const EventName& event);

}  // namespace ddblog::traces
