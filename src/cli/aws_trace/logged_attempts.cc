#include "cli/aws_trace/logged_attempts.h"

#include <algorithm>
#include <cstdlib>
#include <set>
#include <string_view>
#include <utility>

#include "base/json_fields.h"
#include "deploy/aws/function_logs.h"

namespace ddblog::cli {
namespace {

constexpr std::size_t kMostRequests = 10;  // ours, whose lines are read
constexpr std::size_t kMostLines = 100;    // ours, of a request

bool isHexDigit(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

// 8-4-4-4-12 hexadecimal digits.
bool isUuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (is_dash ? text[i] != '-' : !isHexDigit(text[i])) return false;
  }
  return true;
}

// "START RequestId: …": Lambda's own.
bool isOwnLine(std::string_view line, std::string_view word) {
  return line.starts_with(word) && line.substr(word.size()).starts_with(" RequestId: ");
}

// The value of a field of the line REPORT: "12.34 ms" of "Duration".
std::string fieldOfReport(const std::string& line, const std::string& name) {
  const std::string mark = "\t" + name + ": ";
  const std::size_t begin = line.find(mark);
  if (begin == std::string::npos) return {};
  const std::size_t end = line.find('\t', begin + mark.size());
  return line.substr(begin + mark.size(), end == std::string::npos ? end : end - begin - mark.size());
}

void readReport(const std::string& line, json::object& attempt) {
  const std::string duration = fieldOfReport(line, "Duration");
  if (!duration.empty()) attempt["durationMs"] = static_cast<std::int64_t>(std::strtod(duration.c_str(), nullptr));
  const std::string status = fieldOfReport(line, "Status");
  if (status.empty()) return;
  attempt["result"] = "failure";
  const std::string type = fieldOfReport(line, "Error Type");
  attempt["error"] = type.empty() ? status : type;
}

// Runtimes print the error of a handler as a line of the level ERROR.
bool isError(const std::string& line) {
  return line.starts_with("[ERROR]") || line.find("\tERROR\t") != std::string::npos ||
         line.find("\"level\":\"ERROR\"") != std::string::npos ||
         line.find("\"level\": \"ERROR\"") != std::string::npos;
}

json::object attemptOf(const std::string& function, const std::string& request,
                       const std::vector<deploy::LogLine>& lines) {
  json::object attempt{{"kind", "attempt"},    {"at", toIso8601(lines.front().time, true)},
                       {"function", function}, {"requestId", request},
                       {"result", "unknown"},  {"children", json::array()}};
  json::array shown;
  for (const deploy::LogLine& line : lines) {
    if (isOwnLine(line.text, "REPORT")) {
      if (attempt.at("result") == "unknown") attempt["result"] = "success";
      readReport(line.text, attempt);
    } else if (!isOwnLine(line.text, "START") && !isOwnLine(line.text, "END") && shown.size() < kMostLines) {
      if (isError(line.text)) {
        attempt["result"] = "failure";
        attempt["error"] = "it logged an error";
      }
      shown.emplace_back(line.text);
    }
  }
  attempt["log"] = std::move(shown);
  return attempt;
}

}  // namespace

std::string requestOfLine(const std::string& line) {
  if (line.starts_with('{')) {
    try {
      const json::value parsed = parseJson(line);
      for (const char* name : {"requestId", "AWSRequestId"}) {
        const std::string request = textOf(parsed.as_object(), name);
        if (isUuid(request)) return request;
      }
    } catch (const std::exception&) {  // a line that only begins like JSON
    }
  }
  for (std::size_t begin = 0; begin < line.size();) {
    const std::size_t end = std::min(line.find('\t', begin), line.size());
    if (isUuid(std::string_view(line).substr(begin, end - begin))) return line.substr(begin, end - begin);
    begin = end + 1;
  }
  return {};
}

json::array attemptsInLogs(aws::Session& session, const LogSearch& search) {
  const auto linesWith = [&](const std::vector<std::string>& texts) {
    return deploy::FunctionLogs(session, {{search.function, search.function}}, texts).next(search.from, search.to);
  };
  json::array nodes;
  std::set<std::string> requests;
  json::array lines;  // without a request
  for (const deploy::LogLine& line : linesWith(search.texts)) {
    const std::string request = requestOfLine(line.text);
    if (request.empty()) {
      if (lines.size() < kMostLines) lines.emplace_back(line.text);
    } else if (requests.size() < kMostRequests && requests.insert(request).second) {
      nodes.push_back(attemptOf(search.function, request, linesWith({request})));
    }
  }
  if (!lines.empty()) {
    nodes.push_back(json::object{
        {"kind", "lines"}, {"function", search.function}, {"log", std::move(lines)}, {"children", json::array()}});
  }
  return nodes;
}

}  // namespace ddblog::cli
