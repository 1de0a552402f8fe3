// One invocation of a function and its result: how synchronous callers, the asynchronous queue and
// event source mappings use the function host.
//
// Value types. InvocationDone is called exactly once, on any thread, without locks held. It must be
// quick.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "rpc/body.h"

namespace ddblog::lambda {

// An answer that the function sends piece by piece.
struct StreamedAnswer {
  std::shared_ptr<rpc::BodyPipe> body;
  std::string executed_version = {};
};

struct Invocation {
  std::string request_id;
  std::string payload;
  std::string client_context;   // the JSON of X-Amz-Client-Context, decoded; empty: none
  std::string function_arn;     // as it was invoked, with its qualifier; empty: the function's own
  bool wants_log_tail = false;  // also if it does not fail
  bool is_retry = false;        // its work has failed before
  // True (asynchronous callers): it waits for a free process, also if the reserved concurrency is used
  // up, and ends as kThrottled if the function lacks packages or is not built. False: somebody waits for
  // it, so it goes before those; it ends as kThrottled in the first case, with the error in the second.
  bool may_wait = true;
  // If the function streams its answer, this is called when that begins: on any thread, once, without
  // locks held. The result then has no payload, unless it is an error. Empty: the answer comes whole.
  std::function<void(StreamedAnswer)> streams = {};
};

struct InvocationResult {
  enum class Kind {
    kAnswer,         // payload: the function's return value
    kFunctionError,  // payload: {"errorType", "errorMessage", …}
    // It never started: no concurrency left, the function is deleted, or it lacks packages or is not built. In the
    // last case, payload: the error, as of kFunctionError; else it is empty.
    kThrottled,
    kStopped  // the host stopped first; its effects are unknown
  };
  Kind kind = Kind::kAnswer;
  std::string payload;
  // The last 4 KB of its log; without the lines at its end (invocation_report.h), unless it failed or that
  // was requested. If the process did not start: what it printed.
  std::string log_tail;
  std::string executed_version = {};  // "$LATEST", "7"
  // Of an invocation that a process ran (rpc/traces.h).
  std::string trace_root = {};  // "1-5759e988-bd862e3fe1be46a994272793"; empty: none ran it
  std::string process_key = {};
  Timestamp started_at = {};
  Duration duration{0};
};

using InvocationDone = std::function<void(InvocationResult)>;

// Receives the offline cloud's log lines: a function's output ("users: hello") or a message of ours
// ("lambda: …").
using LogSink = std::function<void(const std::string& line)>;

}  // namespace ddblog::lambda
