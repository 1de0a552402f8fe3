#include "template/schedule_request.h"

#include <array>
#include <stdexcept>

#include "base/clock.h"
#include "base/json_fields.h"

namespace ddblog::templates {

namespace {

constexpr std::array kSame = {
    "ActionAfterCompletion",      "Description", "GroupName", "KmsKeyArn", "ScheduleExpression",
    "ScheduleExpressionTimezone", "State"};
constexpr std::array kWindow = {"Mode", "MaximumWindowInMinutes"};

double secondsOf(const char* property, const std::string& date, Place place) {
  try {
    return toEpochSeconds(fromIso8601(date));
  } catch (const std::invalid_argument&) {
    throw TemplateError(std::string(property) + " " + date + " is not a date like 2026-11-29T09:30:00Z", place);
  }
}

}  // namespace

json::object scheduleRequest(const PseudoParameters& pseudo, const std::string& name, const Properties& properties,
                             json::object target) {
  json::object request = properties.request(kSame);
  request["Name"] = name;
  for (const char* date : {"StartDate", "EndDate"}) {
    if (const auto text = properties.text(date)) request[date] = secondsOf(date, *text, properties.placeOf(date));
  }
  request["FlexibleTimeWindow"] = properties.has("FlexibleTimeWindow")
                                      ? properties.section("FlexibleTimeWindow").request(kWindow)
                                      : json::object{{"Mode", "OFF"}};
  if (textOf(target, "RoleArn").find(":iam::") == std::string::npos) {
    target["RoleArn"] = "arn:aws:iam::" + pseudo.account_id + ":role/" + name;
  }
  request["Target"] = std::move(target);
  return request;
}

}  // namespace ddblog::templates
