#include "services/lambda/host/invocation_report.h"

#include <algorithm>
#include <cstdio>

#include "base/json.h"
#include "services/lambda/host/function_error.h"

namespace ddblog::lambda {

namespace {

constexpr std::size_t kMostParsed = 4096;  // bytes of an error; those of Lambda itself are short

// The type of an error that Lambda itself reports; empty: the function reported the error.
std::string ownErrorType(const InvocationResult& result) {
  if (result.kind != InvocationResult::Kind::kFunctionError || result.payload.size() > kMostParsed) return {};
  try {
    const json::value error = parseJson(result.payload);
    const json::value* type = error.is_object() ? error.get_object().if_contains("errorType") : nullptr;
    if (!type || !type->is_string()) return {};
    const bool is_own =
        type->get_string() == kTimedOut || type->get_string() == kRuntimeExited || type->get_string() == kTruncated;
    return is_own ? std::string(type->get_string()) : std::string();
  } catch (const std::invalid_argument&) {
    return {};
  }
}

std::string withDecimals(double number) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", number);
  return text;
}

std::string milliseconds(Duration duration) { return withDecimals(static_cast<double>(duration.count())) + " ms"; }

}  // namespace

std::string startLine(std::string_view request_id, std::string_view version) {
  return "START RequestId: " + std::string(request_id) + " Version: " + std::string(version) + "\n";
}

std::string endLines(const InvocationReport& report, const InvocationResult& result, std::optional<int> memory_used) {
  const std::string error_type = ownErrorType(result);
  const bool timed_out = error_type == kTimedOut;
  if (report.out_of_memory) memory_used = report.memory_size;
  std::string lines;
  if (timed_out) {
    lines += toIso8601(report.ended_at, true) + " " + report.request_id + " Task timed out after " +
             withDecimals(std::chrono::duration<double>(report.limit).count()) + " seconds\n\n";
  }
  lines += "END RequestId: " + report.request_id + "\nREPORT RequestId: " + report.request_id;
  lines += "\tDuration: " + milliseconds(report.duration);
  lines += "\tBilled Duration: " + std::to_string(report.duration.count()) + " ms";
  lines += "\tMemory Size: " + std::to_string(report.memory_size) + " MB";
  if (memory_used) lines += "\tMax Memory Used: " + std::to_string(std::min(*memory_used, report.memory_size)) + " MB";
  if (report.init_duration) lines += "\tInit Duration: " + milliseconds(*report.init_duration);
  if (timed_out) lines += "\tStatus: timeout";
  if (!error_type.empty() && !timed_out)
    lines += "\tStatus: error\tError Type: " + (report.out_of_memory ? std::string(kOutOfMemory) : error_type);
  return lines + "\t\n";
}

}  // namespace ddblog::lambda
