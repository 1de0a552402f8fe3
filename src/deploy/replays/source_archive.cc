#include "deploy/replays/source_archive.h"

#include <cmath>
#include <stdexcept>
#include <vector>

#include "aws/json_client.h"
#include "aws/pages.h"
#include "base/json_fields.h"
#include "base/text.h"
#include "deploy/replays/limits.h"

namespace ddblog::replays {
namespace {

std::uint64_t countIn(const json::object& answer, std::string_view name) {
  const json::value* number = memberOf(answer, name);
  return number && number->is_number() ? number->to_number<std::uint64_t>() : 0;
}

// "dynamodb-log" of "arn:aws:events:REGION:ACCOUNT:event-bus/dynamodb-log"
std::string busOf(const std::string& arn) { return arn.substr(arn.rfind('/') + 1); }

std::vector<std::string> archivesOf(const aws::Client& events, const std::string& bus_arn) {
  std::vector<std::string> names;
  json::object request{{"EventSourceArn", bus_arn}};
  aws::forEachPage("The list of archives", limits::kReplayListPages, [&](const std::string& token) {
    if (!token.empty()) request["NextToken"] = token;
    const json::object answer = aws::callJson(events, "ListArchives", request);
    for (const json::value& archive : answer.at("Archives").as_array()) {
      names.push_back(textOf(archive.as_object(), "ArchiveName"));
    }
    return textOf(answer, "NextToken");
  });
  return names;
}

std::string onlyArchiveOf(const aws::Client& events, const std::string& bus) {
  std::string bus_arn;
  try {
    bus_arn = textOf(aws::callJson(events, "DescribeEventBus", {{"Name", bus}}), "Arn");
  } catch (const aws::ServiceError& error) {
    if (error.type() != "ResourceNotFoundException") throw;
    throw std::invalid_argument("There is no bus " + bus + " in " + events.endpoint().region +
                                ": name the stage's bus with --source-bus, or its archive with --archive");
  }
  const std::vector<std::string> names = archivesOf(events, bus_arn);
  if (names.size() == 1) return names.front();
  if (names.empty()) {
    throw std::invalid_argument("The bus " + bus + " in " + events.endpoint().region +
                                " has no archive: --source table reads the log table instead");
  }
  throw std::invalid_argument("The bus " + bus + " has " + std::to_string(names.size()) + " archives (" +
                              joined(names) + "): choose one with --archive");
}

}  // namespace

Timestamp timeIn(const json::object& answer, std::string_view name) {
  const json::value* seconds = memberOf(answer, name);
  if (!seconds || !seconds->is_number()) return {};
  return Timestamp(Duration(std::llround(seconds->to_number<double>() * 1000)));
}

SourceArchive findArchive(const aws::Client& events, const std::string& name, const std::string& bus) {
  const std::string wanted = name.empty() ? onlyArchiveOf(events, bus) : name;
  json::object answer;
  try {
    answer = aws::callJson(events, "DescribeArchive", {{"ArchiveName", wanted}});
  } catch (const aws::ServiceError& error) {
    if (error.type() != "ResourceNotFoundException") throw;
    throw std::invalid_argument("There is no archive " + wanted + " in " + events.endpoint().region);
  }
  const std::string bus_arn = textOf(answer, "EventSourceArn");
  return {.name = wanted,
          .arn = textOf(answer, "ArchiveArn"),
          .bus = busOf(bus_arn),
          .bus_arn = bus_arn,
          .state = textOf(answer, "State"),
          .created = timeIn(answer, "CreationTime"),
          .events = countIn(answer, "EventCount"),
          .bytes = countIn(answer, "SizeBytes")};
}

}  // namespace ddblog::replays
