#include "services/scheduler/schedules/stored_schedule.h"

#include "base/stored_time.h"

namespace ddblog::scheduler {
namespace {

std::string textAt(const json::object& object, const char* name) {
  const json::string& value = object.at(name).as_string();
  return {value.data(), value.size()};
}

std::int64_t toNumber(Timestamp time) { return time.time_since_epoch().count(); }
Timestamp timeAt(const json::object& object, const char* name) {
  return Timestamp(Duration(object.at(name).to_number<std::int64_t>()));
}
std::optional<Timestamp> optionalTimeAt(const json::object& object, const char* name) {
  return object.contains(name) ? std::optional(timeAt(object, name)) : std::nullopt;
}

}  // namespace

std::string encodeGroup(const Group& group) {
  json::object object;
  object["name"] = group.name;
  object["deleting"] = group.is_being_deleted;
  object["created"] = toNumber(group.created_at);
  object["modified"] = toNumber(group.modified_at);
  object["tags"] = group.tags;
  object["token"] = group.client_token;
  return json::serialize(object);
}

Group decodeGroup(std::string_view stored) {
  const json::value value = parseJson(stored);
  const json::object& object = value.as_object();
  Group group;
  group.name = textAt(object, "name");
  group.is_being_deleted = object.at("deleting").as_bool();
  group.created_at = timeAt(object, "created");
  group.modified_at = timeAt(object, "modified");
  group.tags = object.at("tags").as_object();
  group.client_token = textAt(object, "token");
  return group;
}

std::string encodeSchedule(const Schedule& schedule) {
  json::object object;
  object["group"] = schedule.group;
  object["name"] = schedule.name;
  object["expression"] = schedule.expression;
  object["zone"] = schedule.time_zone;
  if (schedule.start) object["start"] = toNumber(*schedule.start);
  if (schedule.end) object["end"] = toNumber(*schedule.end);
  object["description"] = schedule.description;
  object["state"] = schedule.state;
  object["key"] = schedule.kms_key_arn;
  object["after"] = schedule.action_after_completion;
  if (schedule.window_minutes) object["window"] = *schedule.window_minutes;
  object["target"] = schedule.target;
  object["created"] = toNumber(schedule.created_at);
  object["modified"] = toNumber(schedule.modified_at);
  object["since"] = toNumber(schedule.since);
  object["token"] = schedule.client_token;
  return json::serialize(object);
}

Schedule decodeSchedule(std::string_view stored) {
  const json::value value = parseJson(stored);
  const json::object& object = value.as_object();
  Schedule schedule;
  schedule.group = textAt(object, "group");
  schedule.name = textAt(object, "name");
  schedule.expression = textAt(object, "expression");
  schedule.time_zone = textAt(object, "zone");
  schedule.start = optionalTimeAt(object, "start");
  schedule.end = optionalTimeAt(object, "end");
  schedule.description = textAt(object, "description");
  schedule.state = textAt(object, "state");
  schedule.kms_key_arn = textAt(object, "key");
  schedule.action_after_completion = textAt(object, "after");
  if (const json::value* window = object.if_contains("window")) schedule.window_minutes = window->to_number<int>();
  schedule.target = object.at("target").as_object();
  schedule.created_at = timeAt(object, "created");
  schedule.modified_at = timeAt(object, "modified");
  schedule.since = timeAt(object, "since");
  schedule.client_token = textAt(object, "token");
  return schedule;
}

std::string encodeOccurrence(const Occurrence& occurrence) {
  std::string stored;
  appendTime(stored, occurrence.scheduled_at);
  appendTime(stored, occurrence.due_at);
  return stored;
}

Occurrence decodeOccurrence(std::string_view stored) {
  Occurrence occurrence;
  occurrence.scheduled_at = takeTime<Timestamp>(stored);
  occurrence.due_at = takeTime<Timestamp>(stored);
  return occurrence;
}

}  // namespace ddblog::scheduler
