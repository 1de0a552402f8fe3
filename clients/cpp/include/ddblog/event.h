// One event of the log, and the names of tables and keys that hold it.
//
// In the log table `<stage>-dynamodb-logs` an event is one item:
//
//   pk         S   <log>#<id>#stream        the stream: all events of one thing
//   sk         N   1, 2, 3 …                the event's version in its stream
//   type       S   "signup"
//   log        S   "users"
//   payload    M   {"id": …, …}             holds at least the id
//   eventId    S   a UUID                   may be absent
//   createdAt  S   ISO 8601                 may be absent
//   metadata   M   correlationId …          may be absent
//
// Payloads and metadata are JSON text. Their numbers keep every digit: they never become a double on the way.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ddblog {

struct Event {
  std::string log;
  std::string id;
  std::uint64_t version = 0;
  std::string type;
  std::string payload;     // a JSON object
  std::string event_id;    // empty: the item has none
  std::string created_at;  // empty: the item has none
  std::string metadata;    // a JSON object; empty: the item has none
};

// An event before it is appended.
struct NewEvent {
  std::string type;
  std::string payload;        // a JSON object; `id` is added if it is absent
  std::string metadata = {};  // a JSON object, or empty
  std::string event_id = {};  // empty: a new UUID. The caller's own makes an append safe to try again.
};

std::string logTableName(std::string_view stage);        // "local-dynamodb-logs"
std::string readModelTableName(std::string_view stage);  // "local-core"

// "users#42#stream". Throws std::invalid_argument: an empty log or id, a "#" in the log's name, a key over 2,048 bytes.
std::string streamKey(std::string_view log, std::string_view id);

struct StreamName {
  std::string log;
  std::string id;
};
// Takes a partition key apart; std::nullopt when it is no stream's.
std::optional<StreamName> parseStreamKey(std::string_view key);

// The event as one JSON object: {"log", "id", "version", "type", "payload", "eventId", "createdAt", "metadata"}.
std::string toJson(const Event& event);

}  // namespace ddblog
