#include "template/schedule_request.h"

#include <stdexcept>

#include "base/clock.h"
#include "template/resource.h"

namespace ddblog::templates {

namespace {

double secondsOf(const char* property, const std::string& date) {
  try {
    return toEpochSeconds(fromIso8601(date));
  } catch (const std::invalid_argument&) {
    throw TemplateError(std::string(property) + " " + date + " is not a date like 2026-11-29T09:30:00Z");
  }
}

}  // namespace

json::object scheduleRequest(const PseudoParameters& pseudo, const std::string& name, const Properties& properties,
                             json::object target) {
  json::object request{{"Name", name}};
  for (const char* same : {"ActionAfterCompletion", "Description", "GroupName", "KmsKeyArn", "ScheduleExpression",
                           "ScheduleExpressionTimezone", "State"}) {
    if (const auto text = properties.text(same)) request[same] = *text;
  }
  for (const char* date : {"StartDate", "EndDate"}) {
    if (const auto text = properties.text(date)) request[date] = secondsOf(date, *text);
  }
  json::object window{{"Mode", "OFF"}};
  if (const json::object* given = properties.map("FlexibleTimeWindow")) {
    window = *given;
    if (const auto minutes = Properties(window).integer("MaximumWindowInMinutes")) {
      window["MaximumWindowInMinutes"] = *minutes;
    }
  }
  request["FlexibleTimeWindow"] = std::move(window);
  const std::string role = Properties(target).text("RoleArn").value_or("");
  if (role.find(":iam::") == std::string::npos) {
    target["RoleArn"] = "arn:aws:iam::" + pseudo.account_id + ":role/" + name;
  }
  request["Target"] = withRetryNumbers(std::move(target));
  return request;
}

}  // namespace ddblog::templates
