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

// How often a write that meets a transaction is tried, and how often an append to "any" version may lose: then it gives
// up.
constexpr int kRaces = 20;
constexpr std::chrono::milliseconds kRaceDelay{20};

// The payload with the id in it, and with nothing else in the id's place.
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

// Whether a transaction was cancelled with this reason, for one of its items.
bool isCancelledFor(const ServiceError& refusal, const std::string& reason) {
  if (refusal.type() != "TransactionCanceledException") return false;
  return refusal.body().find('"' + reason + '"') != std::string::npos ||
         refusal.message().find(reason) != std::string::npos;
}

// Whether a refusal means that an event of one of these versions is there already.
bool isConditionFailure(const ServiceError& refusal) {
  return refusal.type() == "ConditionalCheckFailedException" || isCancelledFor(refusal, "ConditionalCheckFailed");
}

// Whether a refusal means that somebody else's transaction of one of the items is going on: how it ends is not known.
bool isConflict(const ServiceError& refusal) {
  if (refusal.type() == "TransactionConflictException") return true;
  return isCancelledFor(refusal, "TransactionConflict") && !isConditionFailure(refusal);
}

}  // namespace

struct EventLog::Stream {
  std::string log;
  std::string id;
  std::string pk;
};

EventLog::EventLog(std::shared_ptr<Wire> wire, std::string table, std::shared_ptr<Surroundings> surroundings)
    : wire_(std::move(wire)), table_(std::move(table)), surroundings_(std::move(surroundings)) {}

std::uint64_t EventLog::append(std::string_view log, std::string_view id, const NewEvent& event, Expected expected) {
  return appendAll(log, id, {event}, expected);
}

std::uint64_t EventLog::appendAll(std::string_view log, std::string_view id, const std::vector<NewEvent>& events,
                                  Expected expected) {
  const Stream stream{std::string(log), std::string(id), streamKey(log, id)};
  const std::vector<NewEvent> complete_events = complete(id, events);
  if (!expected.isAny()) {
    // A version that is expected to be there must be: otherwise the append would leave a gap. What is there stays.
    const std::uint64_t actual = expected.version() == 0 ? 0 : lastVersion(stream.pk);
    if (actual == expected.version()) return write(stream, complete_events, actual);
    // A caller that tries again with the event id that it gave finds its own append.
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
      surroundings_->pause(surroundings_->jitter(kRaceDelay * race));
    }
  }
}

// Checks the events, and gives them ids.
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
    if (event.event_id.empty()) event.event_id = surroundings_->uuid();
  }
  return complete_events;
}

// Writes the events as the versions that follow `after`, if nothing is there yet.
std::uint64_t EventLog::write(const Stream& stream, const std::vector<NewEvent>& events, std::uint64_t after) {
  const std::string now = surroundings_->timestamp();
  std::vector<std::string> items;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const NewEvent& event = events[i];
    items.push_back(itemFromEvent(
        {stream.log, stream.id, after + i + 1, event.type, event.payload, event.event_id, now, event.metadata}));
  }
  for (int race = 1;; ++race) {
    try {
      if (items.size() == 1) {
        wire_->call(Api::kDynamoDb, "PutItem", putItem(table_, items.front()));
      } else {
        wire_->call(Api::kDynamoDb, "TransactWriteItems", transactWriteItems(table_, items, events.front().event_id));
      }
      return after + events.size();
    } catch (const ServiceError& refusal) {
      if (isConflict(refusal) && race < kRaces) {
        surroundings_->pause(surroundings_->jitter(kRaceDelay * race));
        continue;
      }
      if (!isConditionFailure(refusal)) throw;
      if (!ownWrite(stream, events, after)) throw VersionConflict(stream.pk, after, lastVersion(stream.pk));
      return after + events.size();
    }
  }
}

// Whether the events after `after` are the ones that we wanted to write: an earlier attempt wrote them.
bool EventLog::ownWrite(const Stream& stream, const std::vector<NewEvent>& events, std::uint64_t after) {
  std::size_t found = 0;
  queryStream(*wire_, table_, stream.pk, after + 1, [&](const Event& event) {
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
  queryStream(*wire_, table_, streamKey(log, id), from, visit);
}

std::uint64_t EventLog::version(std::string_view log, std::string_view id) { return lastVersion(streamKey(log, id)); }

std::uint64_t EventLog::lastVersion(const std::string& pk) { return queryLastVersion(*wire_, table_, pk); }

}  // namespace ddblog
