#include "services/eventbridge/bus/stored_resources.h"

namespace ddblog::eventbridge {
namespace {

std::string text(const json::object& object, const char* name) {
  const json::string& value = object.at(name).as_string();
  return {value.data(), value.size()};
}

Timestamp time(const json::object& object, const char* name) {
  return Timestamp(Duration(object.at(name).to_number<std::int64_t>()));
}

}  // namespace

std::string encodeBus(const Bus& bus) {
  json::object object;
  object["name"] = bus.name;
  object["description"] = bus.description;
  object["created"] = bus.created_at.time_since_epoch().count();
  object["modified"] = bus.modified_at.time_since_epoch().count();
  object["settings"] = bus.settings;
  object["tags"] = bus.tags;
  object["stamp"] = bus.rules_stamp;
  return json::serialize(object);
}

Bus decodeBus(std::string_view stored) {
  const json::value value = parseJson(stored);
  const json::object& object = value.as_object();
  Bus bus;
  bus.name = text(object, "name");
  bus.description = text(object, "description");
  bus.created_at = time(object, "created");
  bus.modified_at = time(object, "modified");
  bus.settings = object.at("settings").as_object();
  bus.tags = object.at("tags").as_object();
  bus.rules_stamp = object.at("stamp").to_number<std::uint64_t>();
  return bus;
}

std::string encodeRule(const Rule& rule) {
  json::object object;
  object["bus"] = rule.bus;
  object["name"] = rule.name;
  object["pattern"] = rule.pattern;
  if (!rule.schedule.empty()) {
    object["schedule"] = rule.schedule;
    object["since"] = rule.scheduled_since.time_since_epoch().count();
  }
  object["description"] = rule.description;
  object["role"] = rule.role_arn;
  object["state"] = rule.state;
  object["tags"] = rule.tags;
  return json::serialize(object);
}

Rule decodeRule(std::string_view stored) {
  const json::value value = parseJson(stored);
  const json::object& object = value.as_object();
  Rule rule;
  rule.bus = text(object, "bus");
  rule.name = text(object, "name");
  rule.pattern = text(object, "pattern");
  if (object.contains("schedule")) {
    rule.schedule = text(object, "schedule");
    rule.scheduled_since = time(object, "since");
  }
  rule.description = text(object, "description");
  rule.role_arn = text(object, "role");
  rule.state = text(object, "state");
  rule.tags = object.at("tags").as_object();
  return rule;
}

}  // namespace ddblog::eventbridge
