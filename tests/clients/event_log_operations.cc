// Carries out operations of ddblog::EventLog for a test in Python (tests/e2e/cpp_library_test.py),
// which runs the cases that the libraries of all languages share.
//
//   event_log_operations ENDPOINT TABLE SCHEMA
//
// SCHEMA is the `schema` of a case. Each line of standard input is one operation, {"append": {…}} as
// in clients/cases, whose payloads and metadata are strings of JSON. Each line of standard output is
// its result, or {"error": NAME, …} with the error's members.
#include <algorithm>
#include <functional>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/json_writer.h"
#include "ddblog/decide.h"
#include "ddblog/event_log.h"
#include "ddblog/payload.h"
#include "ddblog/schema.h"

namespace ddblog {
namespace {

std::string textOf(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::uint64_t numberOf(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value && !value->is_null() ? value->to_number<std::uint64_t>() : 0;
}

Expected expectedOf(const json::object& operation) {
  const json::value& expected = operation.at("expected");
  if (!expected.is_string()) return Expected::version(expected.to_number<std::uint64_t>());
  const std::string_view text = expected.get_string();
  if (text == "any") return Expected::any();
  return text == "noStream" ? Expected::none() : Expected::exists();
}

std::vector<NewEvent> eventsOf(const json::array& values) {
  std::vector<NewEvent> events;
  for (const json::value& value : values) {
    const json::object& event = value.as_object();
    events.push_back({textOf(event, "type"), textOf(event, "payload"), textOf(event, "metadata"),
                      textOf(event, "eventId"), numberOf(event, "ttl")});
  }
  return events;
}

StreamAppend appendOf(const json::object& operation) {
  return {textOf(operation, "log"), textOf(operation, "id"), eventsOf(operation.at("events").as_array()),
          expectedOf(operation)};
}

ReadOptions optionsOf(const json::object& operation) {
  return {.from = numberOf(operation, "from"),
          .to = numberOf(operation, "to"),
          .limit = numberOf(operation, "limit"),
          .backwards = textOf(operation, "direction") == "backward"};
}

void write(JsonWriter& json, const AppendResult& result) {
  json.beginObject().key("version").value(result.version).key("appended").value(result.appended);
  json.key("events").beginArray();
  for (const AppendedEvent& event : result.events) {
    json.beginObject().key("version").value(event.version).key("eventId").value(event.event_id).endObject();
  }
  json.endArray().endObject();
}

void write(JsonWriter& json, const EventPage& page) {
  json.beginObject().key("events").beginArray();
  for (const Event& event : page.events) json.raw(toJson(event));
  json.endArray().key("next").value(page.next).endObject();
}

// The codec and the upcasters of a case.
Schema schemaOf(const json::object& description) {
  Schema schema;
  if (description.contains("codec")) {
    schema.codec.encode = [](const std::string& payload, const PayloadPlace&) {
      return StoredPayload{"{\"boxed\":" + payload + "}"};
    };
    schema.codec.decode = [](const StoredPayload&, const std::string& payload, const PayloadPlace&) {
      return Payload(payload).json("boxed").value_or(payload);
    };
  }
  const json::value* upcasters = description.if_contains("upcasters");
  if (!upcasters) return schema;
  for (const auto& [type, renames] : upcasters->as_object()) {
    for (const json::value& rename : renames.as_array()) {
      const std::string from(rename.at(0).as_string()), to(rename.at(1).as_string());
      schema.upcasters[type].push_back([from, to](const std::string& payload, const Event&) {
        json::object members = parseJson(payload).as_object();
        members[to] = members.at(from);
        members.erase(from);
        return json::serialize(members);
      });
    }
  }
  return schema;
}

// What the accounts of the cases decide. Another writer is faster once, if the case has `meanwhile`.
void decideOn(EventLog& log, const std::string& stream, const std::string& id, const json::object& operation,
              JsonWriter& json) {
  StateOf<std::int64_t> account;
  account.evolve = [](std::int64_t& balance, const Event& event) {
    const std::int64_t amount = std::stoll(Payload(event.payload).number("amount"));
    balance += event.type == "deposited" ? amount : -amount;
  };
  if (const json::value* snapshot = operation.if_contains("snapshot")) {
    account.snapshot = {
        {.code = textOf(snapshot->as_object(), "code"), .every = numberOf(snapshot->as_object(), "every")},
        [](std::int64_t balance) { return "{\"balance\":" + std::to_string(balance) + "}"; },
        [](const std::string& state) { return std::stoll(Payload(state).number("balance")); }};
  }
  DecideOptions options;
  if (operation.contains("retries")) options.retries = static_cast<int>(numberOf(operation, "retries"));
  bool is_first = true;
  const auto decision = decide(
      log, stream, id, account,
      [&](std::int64_t balance) -> std::vector<NewEvent> {
        if (std::exchange(is_first, false) && operation.contains("meanwhile")) {
          log.appendAll(stream, id, eventsOf(operation.at("meanwhile").as_array()), Expected::any());
        }
        const std::uint64_t deposit = numberOf(operation, "deposit"), withdraw = numberOf(operation, "withdraw");
        const auto payload = [](std::uint64_t amount) { return "{\"amount\":" + std::to_string(amount) + "}"; };
        if (deposit > 0) return {{"deposited", payload(deposit)}};
        if (static_cast<std::int64_t>(withdraw) > balance) return {};
        return {{"withdrawn", payload(withdraw)}};
      },
      options);
  json.beginObject().key("balance").value(decision.state).key("version").value(decision.version);
  json.key("appended").value(!decision.events.empty()).endObject();
}

void run(EventLog& log, const std::string& name, const json::value& argument, JsonWriter& json) {
  if (name == "appendTransaction") {
    std::vector<StreamAppend> appends;
    for (const json::value& append : argument.as_array()) appends.push_back(appendOf(append.as_object()));
    json.beginArray();
    for (const AppendResult& result : log.appendTransaction(appends)) write(json, result);
    json.endArray();
    return;
  }
  const json::object& operation = argument.as_object();
  const std::string stream = textOf(operation, "log"), id = textOf(operation, "id");
  if (name == "append") return write(json, log.appendTransaction({appendOf(operation)}).front());
  if (name == "deleteStream") return write(json, log.deleteStream(stream, id, expectedOf(operation)));
  if (name == "decide") return decideOn(log, stream, id, operation, json);
  if (name == "version") return void(json.value(log.version(stream, id)));
  if (name == "exists") return void(json.value(log.exists(stream, id)));
  if (name == "readPage") return write(json, log.readPage(stream, id, optionsOf(operation)));
  json.beginArray();
  if (name == "read") {
    for (const Event& event : log.stream(stream, id, optionsOf(operation))) json.raw(toJson(event));
  } else if (name == "readAll") {
    const auto visit = [&](const Event& event) {
      json.raw(toJson(event));
      return true;
    };
    log.readAll(stream, visit, {.segments = std::max<std::size_t>(1, numberOf(operation, "segments"))});
  } else if (name == "logs") {
    for (const std::string& one : log.logs()) json.value(one);
  } else if (name == "streams") {
    log.streams(stream, [&](const StreamState& state) {
      json.beginObject().key("log").value(state.log).key("id").value(state.id);
      json.key("version").value(state.version).key("deleted").value(state.is_deleted).endObject();
      return true;
    });
  } else {
    throw std::logic_error("no operation " + name);
  }
  json.endArray();
}

// `members`: writes the error's own.
std::string refusalOf(std::string_view name, const AppendRefused& error,
                      const std::function<void(JsonWriter&)>& members) {
  std::string text;
  JsonWriter json(text);
  json.beginObject().key("error").value(name).key("log").value(error.log()).key("id").value(error.id());
  members(json);
  json.endObject();
  return text;
}

std::string errorOf(std::string_view name, const std::exception& error, const std::string& limit = {}) {
  std::string text;
  JsonWriter(text)
      .beginObject()
      .key("error")
      .value(name)
      .key("limit")
      .value(limit)
      .key("message")
      .value(error.what())
      .endObject();
  return text;
}

std::string resultOf(EventLog& log, const json::object& line) {
  try {
    std::string text;
    JsonWriter json(text);
    run(log, std::string(line.begin()->key()), line.begin()->value(), json);
    return text;
  } catch (const VersionConflict& e) {
    return refusalOf("VersionConflict", e, [&](JsonWriter& json) {
      json.key("expected");
      e.expected().isExact() ? json.value(e.expected().version()) : json.value(e.expected().text());
      json.key("current").value(e.current());
    });
  } catch (const StreamDeleted& e) {
    return refusalOf("StreamDeleted", e, [&](JsonWriter& json) { json.key("version").value(e.version()); });
  } catch (const EventIdConflict& e) {
    return refusalOf("EventIdConflict", e, [&](JsonWriter& json) {
      json.key("eventIds").beginArray();
      for (const std::string& id : e.eventIds()) json.value(id);
      json.endArray();
    });
  } catch (const InvalidArgument& e) {
    return errorOf("InvalidArgument", e, e.limit());
  } catch (const std::invalid_argument& e) {
    return errorOf("InvalidArgument", e);
  } catch (const InvalidEvent& e) {
    return errorOf("InvalidEvent", e);
  }
}

}  // namespace
}  // namespace ddblog

int main(int, char** arguments) {
  const auto schema = ddblog::schemaOf(ddblog::parseJson(arguments[3]).as_object());
  ddblog::EventLog log(ddblog::connect({arguments[1], "", ""}), arguments[2], {.schema = schema});
  for (std::string line; std::getline(std::cin, line);) {
    std::cout << ddblog::resultOf(log, ddblog::parseJson(line).as_object()) << std::endl;
  }
}
