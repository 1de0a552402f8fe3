// The lines with which Lambda ends the log of an invocation:
//
//   2026-11-22T09:00:03.000Z <request id> Task timed out after 3.00 seconds     only then, and an empty line
//   END RequestId: <request id>
//   REPORT RequestId: <request id> <tab> Duration: 12.00 ms <tab> Billed Duration: 12 ms <tab> Memory Size: 128 MB
//   <tab> Max Memory Used: 36 MB <tab> Init Duration: 151.00 ms <tab> Status: error <tab> Error Type: Runtime.ExitError
//
// Init Duration: only of a process's first invocation. Status: only of a timeout or a process that
// ended; the error type of one that used too much memory is Runtime.OutOfMemory. Max Memory Used is
// missing if the process has ended for another reason, because the kernel no longer tells.
// Source: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html
//
// Thread safety: stateless functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "services/lambda/host/invocation.h"

namespace ddblog::lambda {

struct InvocationReport {
  std::string request_id;
  Timestamp ended_at;
  Duration duration;
  Duration limit;                         // the function's timeout
  std::optional<Duration> init_duration;  // of the process's first invocation
  int memory_size = 0;                    // MB
  bool out_of_memory = false;             // the process was ended, because it used more than that
};

// `version`: of the function: "$LATEST", "7".
std::string startLine(std::string_view request_id, std::string_view version);
// `memory_used`: MB.
std::string endLines(const InvocationReport& report, const InvocationResult& result, std::optional<int> memory_used);

}  // namespace ddblog::lambda
