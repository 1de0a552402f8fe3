// Events that come from AWS into the offline cloud, in the forms that its table and its bus take.
//
// Thread safety: value types and functions without state; a target belongs to one thread at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "cli/replays/replay_targets.h"

namespace ddblog::cli {

struct IncomingEvent {
  std::string pk;
  std::uint64_t version = 0;
  std::string type;
  std::string created_at;  // ISO 8601; empty: unknown
  std::string item;        // of the log table, as DynamoDB's JSON; empty: the event is partial
  std::string event;       // as the bus delivers it, without "replay-name"
};

// Whose events they are: written into events that are made of items.
struct EventOrigin {
  std::string account, region;
  Timestamp read_at = {};  // the time of events that have none
};

// A replayed event as its target in AWS gets it. std::nullopt: it is not an event of the log.
std::optional<IncomingEvent> incomingOfBusEvent(const std::string& text);

// An item of the log table. std::nullopt: it is not an event.
std::optional<IncomingEvent> incomingOfItem(const json::object& item, const EventOrigin& origin);

// Where they go. Errors: those of TableReplay and BusReplay.
class IncomingTarget {
 public:
  virtual ~IncomingTarget() = default;
  // Returns when they are durable. A partial event can go to the bus only; the table counts it as incomplete.
  virtual void send(const std::vector<IncomingEvent>& events, ReplayCounts& counts) = 0;
};

std::unique_ptr<IncomingTarget> incomingTable(std::shared_ptr<Transport> transport, std::string table);
std::unique_ptr<IncomingTarget> incomingBus(const ConnectOptions& options, std::string bus, std::string replay_name);

// Sends them at `rate` events per second at most; 0: as fast as it goes. Ends early once `is_cancelled()` holds; false:
// it did.
bool sendAtRate(IncomingTarget& target, const std::vector<IncomingEvent>& events, std::int64_t rate,
                const std::function<bool()>& is_cancelled, ReplayCounts& counts);

}  // namespace ddblog::cli
