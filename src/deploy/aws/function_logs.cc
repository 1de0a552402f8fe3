#include "deploy/aws/function_logs.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "aws/json_response.h"
#include "aws/pages.h"
#include "aws/sigv4.h"

namespace ddblog::deploy {
namespace {

constexpr std::size_t kMostLogPages = 1000;  // ours, of one call; a page has up to 10,000 events, or none

// A filter pattern: an exact phrase.
std::string phraseOf(const std::string& text) {
  std::string pattern = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') pattern += '\\';
    pattern += c;
  }
  return pattern + '"';
}

// Lines that have one of the texts; empty: all lines.
// Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
std::string patternOf(const std::vector<std::string>& texts) {
  if (texts.size() == 1) return phraseOf(texts.front());
  std::string pattern;
  for (const std::string& text : texts) pattern.append(pattern.empty() ? "?" : " ?").append(phraseOf(text));
  return pattern;
}

std::string stringIn(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

// The group that the function's settings name; without one, Lambda's own.
std::string groupOf(const aws::Client& lambda, const std::string& function) {
  const std::string path = "/2015-03-31/functions/" + aws::percentEncode(function) + "/configuration";
  const json::object configuration = aws::parseResponse(lambda.send({.path = path}).body);
  const json::value* logging = configuration.if_contains("LoggingConfig");
  const std::string group = logging && logging->is_object() ? stringIn(logging->get_object(), "LogGroup") : "";
  return group.empty() ? "/aws/lambda/" + function : group;
}

}  // namespace

FunctionLogs::FunctionLogs(aws::Session& session, const Functions& functions, const std::vector<std::string>& texts)
    : logs_(session, aws::kLogs), pattern_(patternOf(texts)) {
  const aws::Client lambda(session, aws::kLambda);
  for (const auto& function : functions) groups_[groupOf(lambda, function.second)].push_back(function);
}

std::vector<LogLine> FunctionLogs::next(Timestamp from, std::optional<Timestamp> to) {
  taken_.erase(taken_.begin(), taken_.lower_bound({from, ""}));
  std::vector<LogLine> lines;
  for (const auto& [group, functions] : groups_) {
    json::object request{{"logGroupName", group}, {"startTime", from.time_since_epoch().count()}};
    if (to) request["endTime"] = to->time_since_epoch().count();
    if (!pattern_.empty()) request["filterPattern"] = pattern_;
    read(group, functions, std::move(request), lines);
  }
  std::ranges::stable_sort(lines, {}, &LogLine::time);
  return lines;
}

void FunctionLogs::read(const std::string& group, const Functions& functions, json::object request,
                        std::vector<LogLine>& lines) {
  try {
    aws::forEachPage(
        "The list of lines in " + group + " (a shorter time has fewer)", kMostLogPages, [&](const std::string& token) {
          if (!token.empty()) request["nextToken"] = token;
          const json::object answer = aws::parseResponse(logs_.call("FilterLogEvents", json::serialize(request)));
          for (const json::value& event : answer.at("events").as_array()) take(event.as_object(), functions, lines);
          return stringIn(answer, "nextToken");
        });
  } catch (const aws::ServiceError& error) {
    if (error.type() != "ResourceNotFoundException") throw;  // it appears with the first line
  }
}

void FunctionLogs::take(const json::object& event, const Functions& functions, std::vector<LogLine>& lines) {
  const Timestamp time{Duration(event.at("timestamp").to_number<std::int64_t>())};
  if (!taken_.emplace(time, stringIn(event, "eventId")).second) return;
  // Of a group that functions share, the stream's name contains the function's.
  const std::string stream = stringIn(event, "logStreamName");
  const auto writer = std::ranges::find_if(
      functions, [&](const auto& function) { return stream.find(function.second) != std::string::npos; });
  std::string text = stringIn(event, "message");
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  lines.push_back({writer == functions.end() ? functions.front().first : writer->first, time, std::move(text)});
}

}  // namespace ddblog::deploy
