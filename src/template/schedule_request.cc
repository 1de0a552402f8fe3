#include "template/schedule_request.h"

#include <algorithm>
#include <array>
#include <regex>
#include <stdexcept>
#include <string_view>

#include "base/clock.h"
#include "base/json_fields.h"
#include "template/function_properties.h"
#include "template/queues.h"

namespace ddblog::templates {

namespace {

constexpr std::array kSame = {
    "ActionAfterCompletion",      "Description", "GroupName", "KmsKeyArn", "ScheduleExpression",
    "ScheduleExpressionTimezone", "State"};
constexpr std::size_t kArnBytes = 1600;
constexpr std::array kWindow = {"Mode", "MaximumWindowInMinutes"};

double secondsOf(const char* property, const std::string& date, Place place) {
  try {
    return toEpochSeconds(fromIso8601(date));
  } catch (const std::invalid_argument&) {
    throw TemplateError(std::string(property) + " " + date + " is not a date like 2026-11-29T09:30:00Z", place);
  }
}

// As EventBridge Scheduler wants it.
bool isRole(const std::string& arn) {
  static const std::regex kRole(R"(arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@\/-]{1,256})");
  return arn.size() <= kArnBytes && std::regex_match(arn, kRole);
}

// Whether something that is here can be the target: also "arn:aws:scheduler:::aws-sdk:sqs:sendMessage", a call of it.
bool isReached(const PseudoParameters& pseudo, std::string_view arn) {
  constexpr std::string_view kUniversal = ":scheduler:::aws-sdk:";
  constexpr std::array<std::string_view, 5> kServices = {"dynamodb", "eventbridge", "lambda", "scheduler", "sqs"};
  const std::size_t universal = arn.find(kUniversal);
  if (universal == std::string_view::npos) return canDeliverTo(pseudo, arn);
  const std::string_view call = arn.substr(universal + kUniversal.size());
  return std::ranges::find(kServices, call.substr(0, call.find(':'))) != kServices.end();
}

// A schedule's dead-letter queue is a standard one.
void readDeadLetterConfig(Reading& reading, const std::string& name, Place place, json::object& target) {
  const json::object* config = objectOf(target, "DeadLetterConfig");
  if (!config) return;
  const std::string arn = textOf(*config, "Arn");
  if (isQueueArn(arn) && !arn.ends_with(".fifo")) {
    target["DeadLetterConfig"] = {{"Arn", needQueue(reading, arn, place)}};
    return;
  }
  target.erase("DeadLetterConfig");
  if (arn.empty()) return;
  reading.findings.note(
      place, "the schedule " + name + " has no dead-letter queue here: " + arn + " is no standard queue's ARN");
}

}  // namespace

json::object scheduleRequest(Reading& reading, const std::string& name, const Properties& properties,
                             json::object target) {
  json::object request = properties.request(kSame);
  request["Name"] = name;
  for (const char* date : {"StartDate", "EndDate"}) {
    if (const auto text = properties.text(date)) request[date] = secondsOf(date, *text, properties.placeOf(date));
  }
  const bool has_window = properties.has("FlexibleTimeWindow") && !properties.isLeftOut("FlexibleTimeWindow");
  request["FlexibleTimeWindow"] =
      has_window ? properties.section("FlexibleTimeWindow").request(kWindow) : json::object{{"Mode", "OFF"}};
  if (!isRole(textOf(target, "RoleArn"))) {
    target["RoleArn"] = "arn:aws:iam::" + reading.intrinsics.pseudo().account_id + ":role/" + name;
  }
  const std::string arn = localTarget(reading, textOf(target, "Arn"), properties.place());
  if (!isReached(reading.intrinsics.pseudo(), arn)) {
    reading.findings.note(properties.place(), "the schedule " + name + ": the target " + arn +
                                                  " gets nothing offline (functions, queues and buses do)");
  }
  target["Arn"] = arn;
  readDeadLetterConfig(reading, name, properties.placeOf("Target"), target);
  request["Target"] = std::move(target);
  return request;
}

}  // namespace ddblog::templates
