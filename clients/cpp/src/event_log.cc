#include "ddblog/event_log.h"

#include <stdexcept>

#include "base/json.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "clients/cpp/src/event_item.h"
#include "clients/cpp/src/payload_json.h"
#include "clients/cpp/src/queries.h"

namespace ddblog {
namespace {

// The maximum number of attempts for a write that conflicts with a transaction, and for an append
// to "any" version that loses races.
constexpr int kRaces = 20;
constexpr std::chrono::milliseconds kRaceDelay{20};

// The payload with the stream's id. Throws if it has another id.
std::string payloadWithId(const std::string& payload, std::string_view id) {
  const json::object attributes = parseJson(attributesFromJson(payload)).as_object();
  if (!attributes.contains("id")) {
    std::string text;
    JsonWriter json(text);
    json.beginObject().key("id").value(id);
    for (const auto& [name, value] : attributes) json.key(name).raw(jsonFromAttribute(value));
    json.endObject();
    return text;
  }
  const json::string* own = typedMember(attributes, "id", "S");
  if (!own || std::string_view(*own) != id) {
    throw std::invalid_argument("the payload's \"id\" is not the id of the stream");
  }
  return payload;
}

void writePut(JsonWriter& json, const std::string& table, const std::string& item) {
  json.beginObject().key("TableName").value(table).key("Item").raw(item);
  json.key("ConditionExpression").value("attribute_not_exists(pk)");
}

std::string putItem(const std::string& table, const std::string& item) {
  std::string request;
  JsonWriter json(request);
  writePut(json, table, item);
  json.endObject();
  return request;
}

std::string transactWriteItems(const std::string& table, const std::vector<std::string>& items,
                               const std::string& token) {
  std::string request;
  JsonWriter json(request);
  json.beginObject().key("ClientRequestToken").value(token).key("TransactItems").beginArray();
  for (const std::string& item : items) {
    json.beginObject().key("Put");
    writePut(json, table, item);
    json.endObject().endObject();
  }
  json.endArray().endObject();
  return request;
}

// Whether a transaction was cancelled for this reason.
bool isCancelledFor(const ServiceError& error, const std::string& reason) {
  if (error.type() != "TransactionCanceledException") return false;
  return error.body().find('"' + reason + '"') != std::string::npos ||
         error.message().find(reason) != std::string::npos;
}

// Whether an event with one of these versions already exists.
bool isConditionFailure(const ServiceError& error) {
  return error.type() == "ConditionalCheckFailedException" || isCancelledFor(error, "ConditionalCheckFailed");
}

// Whether another transaction on one of the items is in progress.
bool isConflict(const ServiceError& error) {
  if (error.type() == "TransactionConflictException") return true;
  return isCancelledFor(error, "TransactionConflict") && !isConditionFailure(error);
}

}  // namespace

struct EventLog::Stream {
  std::string log;
  std::string id;
  std::string pk;
};

EventLog::EventLog(std::shared_ptr<Transport> transport, std::string table, std::shared_ptr<Environment> environment)
    : transport_(std::move(transport)), table_(std::move(table)), environment_(std::move(environment)) {}

std::uint64_t EventLog::append(std::string_view log, std::string_view id, const NewEvent& event, Expected expected) {
  return appendAll(log, id, {event}, expected);
}

std::uint64_t EventLog::appendAll(std::string_view log, std::string_view id, const std::vector<NewEvent>& events,
                                  Expected expected) {
  const Stream stream{std::string(log), std::string(id), streamKey(log, id)};
  const std::vector<NewEvent> complete_events = complete(id, events);
  if (!expected.isAny()) {
    // The expected version must exist, or the append would leave a gap.
    const std::uint64_t actual = expected.version() == 0 ? 0 : lastVersion(stream.pk);
    if (actual == expected.version()) return write(stream, complete_events, actual);
    // A caller that retries with its own event id finds its earlier append.
    if (actual > expected.version() && ownWrite(stream, complete_events, expected.version())) {
      return expected.version() + events.size();
    }
    throw VersionConflict(stream.pk, expected.version(), actual);
  }
  for (int race = 1;; ++race) {
    try {
      return write(stream, complete_events, lastVersion(stream.pk));
    } catch (const VersionConflict&) {
      if (race == kRaces) throw;
      environment_->pause(environment_->jitter(kRaceDelay * race));
    }
  }
}

// Checks the events and assigns missing ids.
std::vector<NewEvent> EventLog::complete(std::string_view id, const std::vector<NewEvent>& events) {
  if (events.empty()) throw std::invalid_argument("no events to append");
  if (events.size() > limits::kTransactActions) {
    throw std::invalid_argument("at most " + std::to_string(limits::kTransactActions) +
                                " events can be appended at once");
  }
  std::vector<NewEvent> complete_events = events;
  for (NewEvent& event : complete_events) {
    if (event.type.empty()) throw std::invalid_argument("the event has no type");
    event.payload = payloadWithId(event.payload, id);
    if (event.event_id.empty()) event.event_id = environment_->uuid();
  }
  return complete_events;
}

// Writes the events as the versions after `after`, unless one of these exists.
std::uint64_t EventLog::write(const Stream& stream, const std::vector<NewEvent>& events, std::uint64_t after) {
  const std::string now = environment_->timestamp();
  std::vector<std::string> items;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const NewEvent& event = events[i];
    items.push_back(
        toItem({stream.log, stream.id, after + i + 1, event.type, event.payload, event.event_id, now, event.metadata}));
  }
  for (int race = 1;; ++race) {
    try {
      if (items.size() == 1) {
        transport_->call(Api::kDynamoDb, "PutItem", putItem(table_, items.front()));
      } else {
        transport_->call(Api::kDynamoDb, "TransactWriteItems",
                         transactWriteItems(table_, items, events.front().event_id));
      }
      return after + events.size();
    } catch (const ServiceError& error) {
      if (isConflict(error) && race < kRaces) {
        environment_->pause(environment_->jitter(kRaceDelay * race));
        continue;
      }
      if (!isConditionFailure(error)) throw;
      if (!ownWrite(stream, events, after)) throw VersionConflict(stream.pk, after, lastVersion(stream.pk));
      return after + events.size();
    }
  }
}

// Whether the events after `after` are our own, written by an earlier attempt.
bool EventLog::ownWrite(const Stream& stream, const std::vector<NewEvent>& events, std::uint64_t after) {
  std::size_t found = 0;
  queryStream(*transport_, table_, stream.pk, after + 1, [&](const Event& event) {
    if (event.version != after + found + 1 || event.event_id != events[found].event_id) return false;
    return ++found < events.size();
  });
  return found == events.size();
}

std::vector<Event> EventLog::read(std::string_view log, std::string_view id, std::uint64_t from) {
  std::vector<Event> events;
  read(log, id, from, [&](const Event& event) {
    events.push_back(event);
    return true;
  });
  return events;
}

void EventLog::read(std::string_view log, std::string_view id, std::uint64_t from,
                    const std::function<bool(const Event&)>& visit) {
  queryStream(*transport_, table_, streamKey(log, id), from, visit);
}

void EventLog::readBackwards(std::string_view log, std::string_view id, std::uint64_t from, std::uint64_t page,
                             const std::function<bool(const Event&)>& visit) {
  queryStreamBackwards(*transport_, table_, streamKey(log, id), from, page, visit);
}

std::uint64_t EventLog::version(std::string_view log, std::string_view id) { return lastVersion(streamKey(log, id)); }

std::uint64_t EventLog::lastVersion(const std::string& pk) { return queryLastVersion(*transport_, table_, pk); }

}  // namespace ddblog
