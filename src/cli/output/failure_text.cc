#include "cli/output/failure_text.h"

#include "aws/json_response.h"

namespace ddblog::cli {
namespace {

std::string memberText(const json::object& object, const char* name) {
  return std::string(object.at(name).as_string());
}

// What follows the last colon: the name of a function, a queue, a bus; the UUID of a mapping.
std::string shortName(const std::string& arn) {
  constexpr std::string_view marker = ":function:";
  if (const std::size_t found = arn.find(marker); found != std::string::npos) return arn.substr(found + marker.size());
  return arn.substr(arn.rfind(':') + 1);
}

std::string times(std::int64_t count, const std::string& what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

std::string outcomeOf(const json::object& failure) {
  const std::int64_t attempts = failure.at("attemptCount").as_int64();
  return memberText(failure, "condition") +
         (attempts == 0 ? ", never attempted" : " after " + times(attempts, "attempt"));
}

std::string redrivenOf(const json::object& failure) {
  const json::value* redriven = failure.if_contains("redriven");
  if (!redriven) return {};
  const json::object& object = redriven->as_object();
  return times(object.at("count").as_int64(), "time") + ", last at " + memberText(object, "at");
}

// The bytes of the member of an object's JSON that is written last.
std::string_view lastMember(std::string_view body, std::string_view name) {
  int depth = 0;
  std::size_t found = std::string_view::npos;
  for (std::size_t i = 0; i < body.size(); ++i) {
    if (body[i] == '{' || body[i] == '[') ++depth;
    if (body[i] == '}' || body[i] == ']') --depth;
    if (body[i] != '"') continue;
    const std::size_t begin = i + 1;
    for (++i; i < body.size() && body[i] != '"'; ++i) {
      if (body[i] == '\\') ++i;
    }
    if (i >= body.size()) break;
    const bool is_name = body.substr(i + 1).starts_with(':') && body.substr(begin, i - begin) == name;
    if (is_name && depth == 1) found = i + 2;
  }
  if (found == std::string_view::npos) return {};
  return body.substr(found, body.rfind('}') - found);
}

void addIndented(std::vector<std::string>& lines, std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.push_back("  " + std::string(text.substr(0, end)));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
}

// The error, and the lines of its stack: "stackTrace" of Python; "trace" of Node.js, which begins with
// the error.
void addError(std::vector<std::string>& lines, const json::value& error) {
  const json::object* object = error.if_object();
  if (!object) return addIndented(lines, error.is_string() ? std::string(error.get_string()) : json::serialize(error));
  const auto member = [object](const char* name) {
    const json::value* found = object->if_contains(name);
    return found && found->is_string() ? std::string(found->get_string()) : std::string();
  };
  if (member("errorType").empty() && member("errorMessage").empty())
    return addIndented(lines, json::serialize(*object));
  const std::string header = member("errorType") + ": " + member("errorMessage");
  addIndented(lines, header);
  for (const char* name : {"stackTrace", "trace"}) {
    const json::value* stack = object->if_contains(name);
    if (!stack || !stack->is_array()) continue;
    for (const json::value& frame : stack->get_array()) {
      if (frame.is_string() && frame.get_string() != header) addIndented(lines, frame.get_string());
    }
  }
}

}  // namespace

std::string summaryLine(const json::object& failure) {
  std::string line = memberText(failure, "id") + "  " + memberText(failure, "at") + "  " +
                     shortName(memberText(failure, "place")) + "  " + outcomeOf(failure) + "  " +
                     memberText(failure, "errorLine");
  if (failure.contains("redriven")) line += "  (redriven)";
  return line;
}

std::vector<std::string> failureLines(const std::string& body) {
  const json::object failure = aws::parseResponse(body);
  std::vector<std::string> lines = {"Failure " + memberText(failure, "id") + ": " + memberText(failure, "kind") +
                                    " for " + shortName(memberText(failure, "place")) + ", " + outcomeOf(failure)};
  const auto field = [&lines](std::string name, const std::string& value) {
    name.resize(14, ' ');
    if (!value.empty()) lines.push_back("  " + name + value);
  };
  field("at", memberText(failure, "at"));
  field("place", memberText(failure, "place"));
  if (failure.at("source") != failure.at("place")) field("given up by", memberText(failure, "source"));
  field("request id", memberText(failure, "requestId"));
  for (const json::value& arn : failure.at("destinations").as_array()) {
    field("destination", std::string(arn.as_string()));
  }
  field("redriven", redrivenOf(failure));
  lines.push_back("Attempts:");
  for (const json::value& attempt : failure.at("attempts").as_array()) {
    lines.push_back("  " + memberText(attempt.as_object(), "at") + "  " + memberText(attempt.as_object(), "error"));
  }
  lines.push_back("Error:");
  addError(lines, failure.at("error"));
  lines.push_back("Log:");
  addIndented(lines, failure.at("log").as_string());
  lines.push_back("Payload:");
  addIndented(lines, lastMember(body, "payload"));
  return lines;
}

std::string failurePayload(std::string_view body) { return std::string(lastMember(body, "payload")); }

}  // namespace ddblog::cli
