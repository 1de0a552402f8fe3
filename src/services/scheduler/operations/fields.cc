#include "services/scheduler/operations/fields.h"

#include <algorithm>
#include <stdexcept>

#include "base/json_fields.h"
#include "base/kept_json.h"
#include "rpc/finite_numbers.h"
#include "schedules/time_zone.h"
#include "services/scheduler/schedules/limits.h"
#include "services/scheduler/schedules/occurrences.h"

namespace ddblog::scheduler {
namespace {

constexpr std::chrono::minutes kLatestStart{5};  // in the past

bool hasNameCharacters(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.';
  });
}

bool hasTokenCharacters(std::string_view text) {
  return hasNameCharacters(text) && text.find('.') == std::string_view::npos;
}

std::optional<Timestamp> dateOf(rpc::ObjectReader& fields, const char* name) {
  const auto seconds = fields.timestamp(name);
  if (!seconds) return std::nullopt;
  // Times that no calendar has are as good as the last one that ours has.
  constexpr double kLast = 253'402'300'799;  // 9999-12-31T23:59:59Z
  return Timestamp(Duration(static_cast<std::int64_t>(std::clamp(*seconds, 0.0, kLast) * 1000)));
}

// Checks what we use; parameters for other kinds of targets are stored and returned.
json::object readTarget(rpc::ObjectReader& target) {
  target.string("Arn", {.required = true, .min = 1, .max = 1600});
  target.string(
      "RoleArn",
      {.required = true, .min = 1, .max = 1600, .pattern = R"(arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@\/-]+)"});
  if (auto config = target.object("DeadLetterConfig")) {
    config->string("Arn",
                   {.min = 1, .max = 1600, .pattern = R"(arn:aws[a-z-]*:sqs:[a-z0-9\-]+:\d{12}:[a-zA-Z0-9\-_]+)"});
  }
  target.string("Input", {.min = 1});
  if (auto bus = target.object("EventBridgeParameters")) {
    bus->string("DetailType", {.required = true, .min = 1, .max = 128});
    bus->string("Source", {.required = true,
                           .min = 1,
                           .max = 256,
                           .pattern = R"((?=[/\.\-_A-Za-z0-9]+)((?!aws\.).*)|(\$(\.[\w_-]+(\[(\d+|\*)\])*)*))"});
  }
  if (auto queue = target.object("SqsParameters")) queue->string("MessageGroupId", {.min = 1, .max = 128});
  json::object stored = withoutNulls(target.json()).as_object();
  std::int64_t retries = 185, age = 86400;
  if (auto policy = target.object("RetryPolicy")) {
    retries = policy->integer("MaximumRetryAttempts", {.min = 0, .max = 185}).value_or(retries);
    age = policy->integer("MaximumEventAgeInSeconds", {.min = 60, .max = 86400}).value_or(age);
  }
  stored["RetryPolicy"] = {{"MaximumEventAgeInSeconds", age}, {"MaximumRetryAttempts", retries}};
  if (!rpc::isFinite(stored)) throw serializationError("a number is out of range");
  return stored;
}

void readWindow(rpc::ObjectReader& fields, Schedule& schedule) {
  auto window = fields.object("FlexibleTimeWindow", true);
  if (!window) return;
  const auto mode = window->string("Mode", {.required = true, .one_of = {"OFF", "FLEXIBLE"}});
  const auto minutes = window->integer("MaximumWindowInMinutes", {.min = 1, .max = 1440});
  if (mode == "FLEXIBLE") schedule.window_minutes = static_cast<int>(minutes.value_or(0));
}

bool isJson(const std::string& text) {
  try {
    parseJson(text);
    return true;
  } catch (const std::invalid_argument&) {
    return false;
  }
}

void checkExpression(const Schedule& schedule) {
  try {
    expressionOf(schedule);
  } catch (const std::invalid_argument&) {
    throw validationError("Invalid Schedule Expression " + schedule.expression + ".");
  }
}

void checkTimeZone(const Schedule& schedule) {
  if (schedules::TimeZone::find(schedule.time_zone)) return;
  throw validationError("Invalid Schedule Expression Timezone " + schedule.time_zone + ".");
}

void checkTarget(const json::object& target) {
  const std::string arn = textOf(target, "Arn");
  if (!arn.starts_with("arn:")) throw validationError("Provided Arn is not in correct format.");
  const std::string input = textOf(target, "Input");
  if (input.size() > limits::kInputBytes) {
    throw validationError("The Input you specify cannot be larger than 256 KB.");
  }
  const bool is_bus = arn.find(":events:") != std::string::npos;  // a universal target has "eventbridge" there
  const bool is_function = arn.find(":lambda:") != std::string::npos;
  if ((is_bus || is_function || UniversalTargets::isUniversal(arn)) && !input.empty() && !isJson(input)) {
    throw validationError("The Input you specify must be a well-formed JSON.");
  }
  if (is_bus && input.size() && !isJsonObject(input)) {
    throw validationError("The Input you specify must be a JSON object, because the target is an event bus.");
  }
  if (is_bus && !target.contains("EventBridgeParameters")) {
    throw validationError("EventBridgeParameters must be specified for the target " + arn + ".");
  }
  const json::object* queue = objectOf(target, "SqsParameters");
  if (arn.find(":sqs:") != std::string::npos && arn.ends_with(".fifo") &&
      (!queue || textOf(*queue, "MessageGroupId").empty())) {
    throw validationError("MessageGroupId must be specified for the target " + arn + ".");
  }
}

}  // namespace

rpc::StringRule nameRule() {
  return {.min = 1, .max = 64, .pattern = "[0-9a-zA-Z-_.]+", .fits_pattern = hasNameCharacters};
}
rpc::StringRule clientTokenRule() {
  return {.min = 1, .max = 64, .pattern = "[a-zA-Z0-9-_]+", .fits_pattern = hasTokenCharacters};
}

std::string readGroupName(rpc::ObjectReader& fields) {
  return fields.string("GroupName", nameRule()).value_or(std::string(kDefaultGroup));
}

Schedule readSchedule(rpc::ObjectReader& fields) {
  Schedule schedule;
  schedule.expression = fields.string("ScheduleExpression", {.required = true, .min = 1, .max = 256}).value_or("");
  schedule.start = dateOf(fields, "StartDate");
  schedule.end = dateOf(fields, "EndDate");
  schedule.description = fields.string("Description", {.max = 512}).value_or("");
  schedule.time_zone = fields.string("ScheduleExpressionTimezone", {.min = 1, .max = 50}).value_or("UTC");
  schedule.state = fields.string("State", {.one_of = {"ENABLED", "DISABLED"}}).value_or("ENABLED");
  schedule.kms_key_arn =
      fields
          .string("KmsKeyArn", {.min = 1,
                                .max = 2048,
                                .pattern = R"(arn:aws[a-z-]*:kms:[a-z0-9\-]+:\d{12}:(key|alias)\/[0-9a-zA-Z\-_]*)"})
          .value_or("");
  if (auto target = fields.object("Target", true)) schedule.target = readTarget(*target);
  readWindow(fields, schedule);
  schedule.client_token = fields.string("ClientToken", clientTokenRule()).value_or("");
  schedule.action_after_completion =
      fields.string("ActionAfterCompletion", {.one_of = {"NONE", "DELETE"}}).value_or("NONE");
  return schedule;
}

Schedule readSchedule(rpc::RequestReader& request, const Context& context) {
  const std::string name = request.pathParameter("Name", nameRule());
  Schedule schedule = readSchedule(request.fields());
  schedule.name = name;
  schedule.group = readGroupName(request.fields());
  request.finish();
  checkSchedule(schedule, context);
  return schedule;
}

std::string arnAnswer(const Schedule& schedule, const Context& context) {
  std::string body;
  JsonWriter(body).beginObject().key("ScheduleArn").value(context.arns.schedule(schedule)).endObject();
  return body;
}

void checkSchedule(const Schedule& schedule, const Context& context, bool is_of_template) {
  checkExpression(schedule);
  if (!is_of_template) checkTimeZone(schedule);
  if (schedule.window_minutes == 0) {
    throw validationError("MaximumWindowInMinutes must be specified if the Mode of FlexibleTimeWindow is FLEXIBLE.");
  }
  if (!is_of_template && schedule.start && *schedule.start < context.clock.now() - kLatestStart) {
    throw validationError("The StartDate you specify cannot be earlier than 5 minutes ago.");
  }
  if (schedule.start && schedule.end && *schedule.end <= *schedule.start) {
    throw validationError("The EndDate you specify must come after the StartDate.");
  }
  checkTarget(schedule.target);
}

void warnOfTarget(const Schedule& schedule, const Context& context) {
  const std::string arn = textOf(schedule.target, "Arn");
  if (context.recipients.find(arn)) return;
  context.warn("schedule " + schedule.group + "/" + schedule.name + ": there is no target " + arn +
               " offline; its invocations fail");
}

Schedule changed(const Schedule& before, const Schedule& asked, Timestamp now) {
  Schedule schedule = asked;
  schedule.created_at = before.created_at;
  schedule.client_token = before.client_token;
  schedule.modified_at = now;
  const bool goes_on = before.expression == asked.expression && before.enabled() && asked.enabled();
  schedule.since = goes_on ? before.since : now;
  return schedule;
}

ListRequest readPage(rpc::RequestReader& request) {
  ListRequest page;
  page.prefix = request.query("NamePrefix", nameRule()).value_or("");
  page.token = request.query("NextToken", {.min = 1, .max = 2048}).value_or("");
  page.limit = static_cast<std::size_t>(request.queryInteger("MaxResults", {.min = 1, .max = 100}).value_or(100));
  return page;
}

json::object readTags(rpc::ObjectReader& fields, bool required) {
  json::object tags;
  auto list = fields.objects("Tags", {.required = required, .max = 200});
  if (!list) return tags;
  for (rpc::ObjectReader& tag : *list) {
    const auto key = tag.string("Key", {.required = true, .min = 1, .max = 128});
    const auto value = tag.string("Value", {.required = true, .min = 1, .max = 256});
    if (key && value) tags[*key] = *value;
  }
  return tags;
}

void checkTags(const json::object& tags) {
  if (tags.size() > limits::kTagsPerGroup) throw quotaExceeded("A schedule group can have 50 tags at most.");
}

void writeGroup(JsonWriter& json, const Group& group, const Context& context) {
  json.beginObject();
  json.key("Arn").value(context.arns.group(group.name));
  json.key("CreationDate").value(toEpochSeconds(group.created_at));
  json.key("LastModificationDate").value(toEpochSeconds(group.modified_at));
  json.key("Name").value(group.name);
  json.key("State").value(group.is_being_deleted ? "DELETING" : "ACTIVE");
  json.endObject();
}

void writeNextToken(JsonWriter& json, const std::string& token) {
  if (!token.empty()) json.key("NextToken").value(token);
}

}  // namespace ddblog::scheduler
