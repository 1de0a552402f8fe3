// A function, with Lambda's defaults.
//
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html and
// https://docs.aws.amazon.com/lambda/latest/api/API_FunctionEventInvokeConfig.html
// Immutable once read from the store; shared as std::shared_ptr<const Function>.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "services/lambda/functions/limits.h"

namespace ddblog::lambda {

// The settings of asynchronous invocations (EventInvokeConfig).
struct AsynchronousSettings {
  int maximum_retry_attempts = limits::kAsyncRetries;          // 0 to 2
  std::chrono::seconds maximum_event_age = limits::kAsyncAge;  // 60 to 21,600
  std::string on_success;                                      // ARN; empty: none
  std::string on_failure;                                      // ARN; empty: none
};

struct Function {
  std::string name;
  std::string arn;             // set by Functions
  std::uint64_t revision = 0;  // set by Functions: changes each time the function is put
  std::string runtime;         // "nodejs20.x", "python3.11", "provided.al2023"; unused by a built-in function
  std::string handler;         // "src/index.handler"; unused by provided.* and by a built-in function
  std::string built_in;        // the name of a function that is part of this program; empty: none
  std::string description;
  std::filesystem::path code_directory;
  std::map<std::string, std::string> environment;
  Duration timeout = std::chrono::seconds(3);
  int memory_size = 128;                    // MB: reported, not enforced
  std::optional<int> reserved_concurrency;  // 0: never invoked
  AsynchronousSettings asynchronous;
  std::string dead_letter_arn;  // empty: none
  // Set by Functions for a built-in function: the command line of a process that speaks the Runtime
  // API. It is never stored, so that loaded data cannot make this machine run a command.
  std::vector<std::string> command;
};

using FunctionPointer = std::shared_ptr<const Function>;

}  // namespace ddblog::lambda
