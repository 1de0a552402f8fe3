#include "services/lambda/host/function_error.h"

#include <cstdio>
#include <utility>

#include "base/json_writer.h"
#include "services/lambda/functions/limits.h"

namespace ddblog::lambda {

std::string functionError(std::string_view type, std::string_view message) {
  std::string payload;
  JsonWriter(payload).beginObject().key("errorType").value(type).key("errorMessage").value(message).endObject();
  return payload;
}

std::string timedOut(const std::string& request_id, Duration limit) {
  char seconds[32];
  std::snprintf(seconds, sizeof seconds, "%.2f", std::chrono::duration<double>(limit).count());
  return functionError(kTimedOut, "RequestId: " + request_id + " Error: Task timed out after " + seconds + " seconds");
}

std::string runtimeExited(const std::string& request_id, const ExitStatus& status) {
  const bool silent = !status.signalled && status.number == 0;
  return functionError(kRuntimeExited,
                       "RequestId: " + request_id + " Error: Runtime exited " +
                           (silent ? "without providing a reason" : "with error: " + status.toString()));
}

std::string notStarted(const std::string& request_id, const std::string& reason) {
  return functionError("Runtime.InvalidEntrypoint", "RequestId: " + request_id + " Error: " + reason);
}

std::string responseTooLarge() {
  return functionError("Function.ResponseSizeTooLarge",
                       "Response payload size exceeded maximum allowed payload size (6291556 bytes).");
}

std::string streamTooLarge() {
  return functionError("Function.ResponseSizeTooLarge",
                       "Response payload size exceeded maximum allowed payload size (" +
                           std::to_string(limits::kStreamedBytes) + " bytes).");
}

std::string truncatedResponse(const std::string& request_id) {
  return functionError(kTruncated, "RequestId: " + request_id + " Error: Response body is truncated");
}

std::string reportedError(std::string body, std::string_view type) {
  return body.empty() ? functionError(type.empty() ? "Runtime.Unknown" : type, "") : std::move(body);
}

}  // namespace ddblog::lambda
