// One event of the log, and the names of the tables and keys that hold it.
//
// In the log table `<stage>-dynamodb-logs` an event is one item:
//
//   pk         S   <log>#<id>#stream        the stream: all events of one entity
//   sk         N   1, 2, 3 …                the event's version in its stream
//   type       S   "signup"
//   log        S   "users"
//   payload    M   {"id": …, …}             contains at least the id
//   eventId    S   a UUID                   optional
//   createdAt  S   ISO 8601                 optional
//   metadata   M   correlationId …          optional
//   ttl        N   seconds since 1970       optional: DynamoDB deletes the event some time after it
//
// An event of type "$deleted" closes its stream; types that begin with "$" are the log's own.
//
// Payloads and metadata are JSON text. Their numbers keep every digit: no number is converted to a
// double.
//
// Thread safety: value types and stateless functions.
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
  std::string event_id;    // empty if the item has none
  std::string created_at;  // empty if the item has none
  std::string metadata;    // a JSON object, or empty if the item has none
  std::uint64_t ttl = 0;   // seconds since 1970; 0 if the item has none
};

// An event to append.
struct NewEvent {
  std::string type;
  std::string payload;        // a JSON object; `id` is added if absent
  std::string metadata = {};  // a JSON object, or empty
  std::string event_id = {};  // empty: a new UUID. Pass your own to make retrying an append safe.
  std::uint64_t ttl = 0;      // seconds since 1970 after which DynamoDB deletes the event; 0: never
};

std::string logTableName(std::string_view stage);        // "local-dynamodb-logs"
std::string readModelTableName(std::string_view stage);  // "local-core"

struct TableNames {
  std::string log;
  std::string read_models;
};
// Those that the environment names: LOG_TABLE and CORE_TABLE, or else those of the stage STAGE
// (default "local").
TableNames tablesOfEnvironment();

// "users#42#stream". Throws InvalidArgument for an empty log or id, a "#" in the log's name,
// or a key over 2,048 bytes.
std::string streamKey(std::string_view log, std::string_view id);

struct StreamName {
  std::string log;
  std::string id;
};
// Parses a partition key; std::nullopt if it is not a stream's.
std::optional<StreamName> parseStreamKey(std::string_view key);

// The event as one JSON object: {"log", "id", "version", "type", "payload", "eventId", "createdAt",
// "metadata", "ttl"}.
std::string toJson(const Event& event);

// The event as an item of the log table, in DynamoDB's JSON, for programs that write events
// themselves (in batches, for example). Throws std::invalid_argument for an invalid log or id, and
// if payload or metadata are not JSON objects.
std::string toItem(const Event& event);

}  // namespace ddblog
