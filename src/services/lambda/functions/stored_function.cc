#include "services/lambda/functions/stored_function.h"

#include <stdexcept>

#include "base/json.h"
#include "base/json_fields.h"

namespace ddblog::lambda {

namespace {

void put(json::object& object, const char* member, const std::string& text) {
  if (!text.empty()) object[member] = text;
}

std::int64_t numberOf(const json::object& object, const char* member, std::int64_t otherwise) {
  const json::value* found = memberOf(object, member);
  return found ? found->to_number<std::int64_t>() : otherwise;
}

}  // namespace

std::string encodeFunction(const Function& function) {
  json::object object;
  object["revision"] = function.revision;
  put(object, "runtime", function.runtime);
  put(object, "handler", function.handler);
  put(object, "builtIn", function.built_in);
  put(object, "description", function.description);
  put(object, "codeDirectory", function.code_directory.string());
  put(object, "deadLetterArn", function.dead_letter_arn);
  put(object, "onSuccess", function.asynchronous.on_success);
  put(object, "onFailure", function.asynchronous.on_failure);
  object["timeoutMs"] = function.timeout.count();
  object["memorySize"] = function.memory_size;
  object["maximumRetryAttempts"] = function.asynchronous.maximum_retry_attempts;
  object["maximumEventAgeSeconds"] = function.asynchronous.maximum_event_age.count();
  if (function.reserved_concurrency) object["reservedConcurrency"] = *function.reserved_concurrency;
  json::object environment;
  for (const auto& [name, value] : function.environment) environment[name] = value;
  if (!environment.empty()) object["environment"] = std::move(environment);
  return json::serialize(object);
}

Function decodeFunction(std::string_view name, std::string_view stored) {
  json::value parsed;
  try {
    parsed = parseJson(stored);
  } catch (const std::invalid_argument& error) {
    throw std::runtime_error("the stored function " + std::string(name) + " cannot be read: " + error.what());
  }
  if (!parsed.is_object()) throw std::runtime_error("the stored function " + std::string(name) + " is not an object");
  const json::object& object = parsed.get_object();
  Function function;
  function.name = name;
  function.revision = static_cast<std::uint64_t>(numberOf(object, "revision", 0));
  function.runtime = textOf(object, "runtime");
  function.handler = textOf(object, "handler");
  function.built_in = textOf(object, "builtIn");
  function.description = textOf(object, "description");
  function.code_directory = textOf(object, "codeDirectory");
  function.dead_letter_arn = textOf(object, "deadLetterArn");
  function.timeout = Duration(numberOf(object, "timeoutMs", function.timeout.count()));
  function.memory_size = static_cast<int>(numberOf(object, "memorySize", function.memory_size));
  if (memberOf(object, "reservedConcurrency")) {
    function.reserved_concurrency = static_cast<int>(numberOf(object, "reservedConcurrency", 0));
  }
  AsynchronousSettings& asynchronous = function.asynchronous;
  asynchronous.on_success = textOf(object, "onSuccess");
  asynchronous.on_failure = textOf(object, "onFailure");
  asynchronous.maximum_retry_attempts =
      static_cast<int>(numberOf(object, "maximumRetryAttempts", asynchronous.maximum_retry_attempts));
  asynchronous.maximum_event_age =
      std::chrono::seconds(numberOf(object, "maximumEventAgeSeconds", asynchronous.maximum_event_age.count()));
  if (const json::object* environment = objectOf(object, "environment")) {
    for (const auto& variable : *environment) {
      function.environment[std::string(variable.key())] = textOf(*environment, variable.key());
    }
  }
  return function;
}

}  // namespace ddblog::lambda
