// What a function is: what the template says of it, with Lambda's defaults.
//
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html and
// https://docs.aws.amazon.com/lambda/latest/api/API_FunctionEventInvokeConfig.html
// An immutable value once it is among the functions; shared as std::shared_ptr<const Function>.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/limits.h"

namespace ddblog::lambda {

// What happens to asynchronous invocations (EventInvokeConfig).
struct AsynchronousSettings {
  int maximum_retry_attempts = limits::kAsyncRetries;          // 0 to 2
  std::chrono::seconds maximum_event_age = limits::kAsyncAge;  // 60 to 21,600
  std::string on_success;                                      // ARN; empty: none
  std::string on_failure;                                      // ARN; empty: none
};

struct Function {
  std::string name;
  std::string arn;      // filled by Functions when empty
  std::string runtime;  // "nodejs20.x", "python3.11", "provided.al2023"; unused with `command`
  std::string handler;  // "src/index.handler"; unused by provided.* and with `command`
  std::string description;
  std::filesystem::path code_directory;
  std::vector<std::string> command;  // a built-in function: this command line, which speaks the Runtime API itself
  std::map<std::string, std::string> environment;
  Duration timeout = std::chrono::seconds(3);
  int memory_size = 128;                    // MB: reported, not enforced
  std::optional<int> reserved_concurrency;  // 0: never invoked
  AsynchronousSettings asynchronous;
  std::string dead_letter_arn;  // empty: none
};

}  // namespace ddblog::lambda
