#include "services/lambda/functions/functions.h"

#include <algorithm>
#include <stdexcept>

#include "base/api_error.h"
#include "services/lambda/functions/function_name.h"

namespace ddblog::lambda {

namespace {

constexpr std::string_view kLatest = "$LATEST";

// A way of naming a function, taken apart.
struct FunctionName {
  std::string_view prefix;  // what stands before "function:", without its colon; empty: the bare name
  std::string_view name;
  std::string_view qualifier;
};

FunctionName takeApart(std::string_view text) {
  FunctionName parts;
  constexpr std::string_view marker = "function:";
  std::size_t name = 0;
  if (text.starts_with(marker)) {
    name = marker.size();
  } else if (const std::size_t found = text.find(":function:"); found != std::string_view::npos) {
    parts.prefix = text.substr(0, found);
    name = found + 1 + marker.size();
  }
  text.remove_prefix(name);
  const std::size_t colon = text.find(':');
  parts.name = text.substr(0, colon);
  if (colon != std::string_view::npos) parts.qualifier = text.substr(colon + 1);
  return parts;
}

[[noreturn]] void refuse(const Function& function, const std::string& what) {
  throw std::invalid_argument("function " + function.name + ": " + what);
}

void check(const Function& function) {
  const bool name_is_good =
      !function.name.empty() && function.name.size() <= 64 &&
      std::ranges::all_of(function.name, [](unsigned char c) { return std::isalnum(c) || c == '-' || c == '_'; });
  if (!name_is_good) refuse(function, "a name is 1 to 64 letters, digits, hyphens and underscores");
  if (function.timeout <= Duration::zero() || function.timeout > limits::kFunctionTimeout) {
    refuse(function, "Timeout must be from 1 to 900 seconds");
  }
  if (function.reserved_concurrency.value_or(0) < 0) refuse(function, "ReservedConcurrentExecutions is negative");
  const AsynchronousSettings& asynchronous = function.asynchronous;
  if (asynchronous.maximum_retry_attempts < 0 || asynchronous.maximum_retry_attempts > limits::kAsyncRetries) {
    refuse(function, "MaximumRetryAttempts must be from 0 to 2");
  }
  if (asynchronous.maximum_event_age < std::chrono::seconds(60) || asynchronous.maximum_event_age > limits::kAsyncAge) {
    refuse(function, "MaximumEventAgeInSeconds must be from 60 to 21600");
  }
}

}  // namespace

void Functions::set(Function function) {
  check(function);
  if (function.arn.empty()) function.arn = arnOf(function.name);
  MutexLock lock(mutex_);
  const std::string name = function.name;
  functions_[name] = std::make_shared<const Function>(std::move(function));
}

FunctionPointer Functions::find(std::string_view name_or_arn) const {
  const FunctionName asked = takeApart(name_or_arn);
  if (!asked.qualifier.empty() && asked.qualifier != kLatest) return nullptr;
  MutexLock lock(mutex_);
  const auto found = functions_.find(asked.name);
  if (found == functions_.end()) return nullptr;
  // "arn:aws:lambda:REGION:ACCOUNT" or a tail of it must be the function's own.
  const std::string own = found->second->arn.substr(0, found->second->arn.find(":function:"));
  if (!asked.prefix.empty() && own != asked.prefix && !own.ends_with(":" + std::string(asked.prefix))) return nullptr;
  return found->second;
}

FunctionPointer Functions::get(std::string_view name_or_arn, std::string_view qualifier) const {
  checkFunctionName(name_or_arn, qualifier);
  if (qualifier.empty() || qualifier == kLatest) {
    if (FunctionPointer function = find(name_or_arn)) return function;
  }
  const FunctionName asked = takeApart(name_or_arn);
  std::string arn = asked.prefix.starts_with("arn:")
                        ? std::string(asked.prefix) + ":function:" + std::string(asked.name)
                        : arnOf(asked.name);
  const std::string_view shown = qualifier.empty() ? asked.qualifier : qualifier;
  if (!shown.empty()) arn += ":" + std::string(shown);
  throw ApiError("ResourceNotFoundException", "Function not found: " + arn, 404);
}

std::vector<FunctionPointer> Functions::all() const {
  MutexLock lock(mutex_);
  std::vector<FunctionPointer> functions;
  for (const auto& [name, function] : functions_) functions.push_back(function);
  return functions;
}

std::string Functions::arnOf(std::string_view name) const {
  return "arn:aws:lambda:" + region_ + ":" + account_id_ + ":function:" + std::string(name);
}

}  // namespace ddblog::lambda
