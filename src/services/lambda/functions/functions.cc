#include "services/lambda/functions/functions.h"

#include <algorithm>

#include "base/api_error.h"
#include "services/lambda/functions/errors.h"
#include "services/lambda/functions/key_spaces.h"
#include "services/lambda/functions/limits.h"
#include "services/lambda/functions/stored_function.h"
#include "store/key_space.h"

namespace ddblog::lambda {

namespace {

constexpr std::string_view kLatest = "$LATEST";

std::string keyOf(std::string_view name) { return KeyBuilder(key_spaces::kFunctions).text(name).str(); }

// The parts of a function's name in a request.
struct FunctionName {
  std::string_view prefix;  // the part before "function:", without its colon; empty: a bare name
  std::string_view name;
  std::string_view qualifier;
};

FunctionName parseFunctionName(std::string_view text) {
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

void require(bool holds, const char* rule) {
  if (!holds) throw invalidParameterValue(rule);
}

}  // namespace

void Functions::check(const Function& function) const {
  const auto fits_name = [](unsigned char c) { return std::isalnum(c) || c == '-' || c == '_'; };
  require(!function.name.empty() && function.name.size() <= 64 && std::ranges::all_of(function.name, fits_name),
          "a name is 1 to 64 letters, digits, hyphens and underscores");
  require(function.timeout > Duration::zero() && function.timeout <= limits::kFunctionTimeout,
          "Timeout must be from 1 to 900 seconds");
  require(function.reserved_concurrency.value_or(0) >= 0, "ReservedConcurrentExecutions is negative");
  const AsynchronousSettings& asynchronous = function.asynchronous;
  require(asynchronous.maximum_retry_attempts >= 0 && asynchronous.maximum_retry_attempts <= limits::kAsyncRetries,
          "MaximumRetryAttempts must be from 0 to 2");
  require(
      asynchronous.maximum_event_age >= std::chrono::seconds(60) && asynchronous.maximum_event_age <= limits::kAsyncAge,
      "MaximumEventAgeInSeconds must be from 60 to 21600");
  if (!function.built_in.empty() && !built_ins_.contains(function.built_in)) {
    throw invalidParameterValue("there is no built-in function " + function.built_in);
  }
}

void Functions::put(Transaction& transaction, const Function& function) const {
  const FunctionPointer former = find(transaction, function.name);
  Function revised = function;
  revised.revision = former ? former->revision + 1 : 1;
  transaction.put(keyOf(function.name), encodeFunction(revised));
}

void Functions::erase(Transaction& transaction, std::string_view name) const { transaction.erase(keyOf(name)); }

FunctionPointer Functions::decode(std::string_view name, std::string_view stored) const {
  MutexLock lock(mutex_);
  auto found = cache_.find(name);
  if (found != cache_.end() && found->second.stored == stored) return found->second.function;
  Function function = decodeFunction(name, stored);
  function.arn = arnOf(name);
  if (const auto built_in = built_ins_.find(function.built_in); built_in != built_ins_.end()) {
    function.command = built_in->second;
  }
  Cached& cached = cache_[std::string(name)];
  cached = {std::string(stored), std::make_shared<const Function>(std::move(function))};
  return cached.function;
}

FunctionPointer Functions::find(const Reader& reader, std::string_view name_or_arn) const {
  const FunctionName asked = parseFunctionName(name_or_arn);
  if (asked.name.empty() || (!asked.qualifier.empty() && asked.qualifier != kLatest)) return nullptr;
  // The prefix must be a suffix of this account's "arn:aws:lambda:REGION:ACCOUNT".
  const std::string arn = arnOf(asked.name);
  const std::string_view own = std::string_view(arn).substr(0, arn.find(":function:"));
  if (!asked.prefix.empty() && own != asked.prefix && !own.ends_with(":" + std::string(asked.prefix))) return nullptr;
  const auto stored = reader.get(keyOf(asked.name));
  return stored ? decode(asked.name, *stored) : nullptr;
}

FunctionPointer Functions::get(const Reader& reader, std::string_view name_or_arn, std::string_view qualifier) const {
  if (qualifier.empty() || qualifier == kLatest) {
    if (FunctionPointer function = find(reader, name_or_arn)) return function;
  }
  const FunctionName asked = parseFunctionName(name_or_arn);
  std::string arn = asked.prefix.starts_with("arn:")
                        ? std::string(asked.prefix) + ":function:" + std::string(asked.name)
                        : arnOf(asked.name);
  const std::string_view shown = qualifier.empty() ? asked.qualifier : qualifier;
  if (!shown.empty()) arn += ":" + std::string(shown);
  throw ApiError("ResourceNotFoundException", "Function not found: " + arn, 404);
}

std::vector<FunctionPointer> Functions::list(const Reader& reader, std::string_view after, std::size_t limit) const {
  const std::string space = KeyBuilder(key_spaces::kFunctions).str();
  std::vector<FunctionPointer> functions;
  const std::string from = after.empty() ? space : keyOf(after) + '\0';
  for (auto cursor = reader.cursor(from, endOfPrefix(space)); cursor->valid(); cursor->next()) {
    if (functions.size() == limit) break;
    functions.push_back(decode(KeyParser(cursor->key()).text(), cursor->value()));
  }
  return functions;
}

std::string Functions::arnOf(std::string_view name) const {
  return "arn:aws:lambda:" + region_ + ":" + account_id_ + ":function:" + std::string(name);
}

}  // namespace ddblog::lambda
