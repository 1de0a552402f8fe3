// One invocation of a function and how it ended: what synchronous callers, the asynchronous queue
// and event source mappings hand to the function host.
//
// Value types. InvocationDone is called exactly once, on any thread, without locks held; it must be
// quick.
#pragma once

#include <functional>
#include <string>

#include "base/clock.h"

namespace ddblog::lambda {

struct Invocation {
  std::string request_id;
  std::string payload;
  std::string client_context;  // the JSON of X-Amz-Client-Context, decoded; empty: none
  bool wants_log_tail = false;
  // With reserved concurrency used up: true: wait for a free process (asynchronous callers); false:
  // kThrottled.
  bool may_wait = true;
};

struct InvocationResult {
  enum class Kind {
    kAnswer,         // payload: what the function returned
    kFunctionError,  // payload: {"errorType", "errorMessage", …}
    kThrottled,      // it never began: no concurrency left
    kStopped         // it did not end: the host stops; nothing is known of its effects
  };
  Kind kind = Kind::kAnswer;
  std::string payload;
  std::string log_tail;  // the last 4 KB of its log, if wanted
};

using InvocationDone = std::function<void(InvocationResult)>;

// A line for the log of the offline cloud: a function's output ("users: hello") or a word of our
// own ("lambda: …").
using LogSink = std::function<void(const std::string& line)>;

}  // namespace ddblog::lambda
