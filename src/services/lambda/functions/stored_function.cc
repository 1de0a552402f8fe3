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

Timestamp timeOf(const json::object& object, const char* member) {
  return Timestamp(Duration(numberOf(object, member, 0)));
}

json::object encodeCode(const Code& code) { return {{"sha256", code.sha256}, {"size", code.size}}; }

Code decodeCode(const json::object& object) {
  return {textOf(object, "sha256"), static_cast<std::uint64_t>(numberOf(object, "size", 0))};
}

json::object encodeMap(const std::map<std::string, std::string>& map) {
  json::object object;
  for (const auto& [name, value] : map) object[name] = value;
  return object;
}

std::map<std::string, std::string> decodeMap(const json::object* object) {
  std::map<std::string, std::string> map;
  if (!object) return map;
  for (const auto& member : *object) map[std::string(member.key())] = textOf(*object, member.key());
  return map;
}

// What only functions have that were made by CreateFunction, or changed by Lambda's API.
void encodeApiMembers(json::object& object, const Function& function) {
  put(object, "revisionId", function.revision_id);
  put(object, "role", function.role);
  put(object, "kept", function.kept);
  if (function.last_modified != Timestamp()) {
    object["lastModified"] = function.last_modified.time_since_epoch().count();
  }
  if (function.last_version > 0) object["lastVersion"] = function.last_version;
  if (!function.code.sha256.empty()) object["code"] = encodeCode(function.code);
  if (!function.layers.empty()) {
    json::array layers;
    for (const LayerReference& layer : function.layers) {
      layers.push_back(json::object{{"arn", layer.arn}, {"code", encodeCode(layer.code)}});
    }
    object["layers"] = std::move(layers);
  }
  if (!function.tags.empty()) object["tags"] = encodeMap(function.tags);
}

void decodeApiMembers(const json::object& object, Function& function) {
  function.revision_id = textOf(object, "revisionId");
  function.role = textOf(object, "role");
  function.kept = textOf(object, "kept");
  function.last_modified = timeOf(object, "lastModified");
  function.last_version = static_cast<std::uint64_t>(numberOf(object, "lastVersion", 0));
  if (const json::object* code = objectOf(object, "code")) function.code = decodeCode(*code);
  if (const json::value* layers = memberOf(object, "layers"); layers && layers->is_array()) {
    for (const json::value& layer : layers->get_array()) {
      function.layers.push_back(
          {textOf(layer.as_object(), "arn"), decodeCode(layer.as_object().at("code").as_object())});
    }
  }
  function.tags = decodeMap(objectOf(object, "tags"));
}

}  // namespace

void encodeAsynchronous(json::object& object, const AsynchronousSettings& settings) {
  put(object, "onSuccess", settings.on_success);
  put(object, "onFailure", settings.on_failure);
  object["maximumRetryAttempts"] = settings.maximum_retry_attempts;
  object["maximumEventAgeSeconds"] = settings.maximum_event_age.count();
  if (settings.configured_at) object["configuredAt"] = settings.configured_at->time_since_epoch().count();
}

AsynchronousSettings decodeAsynchronous(const json::object& object) {
  AsynchronousSettings settings;
  settings.on_success = textOf(object, "onSuccess");
  settings.on_failure = textOf(object, "onFailure");
  settings.maximum_retry_attempts =
      static_cast<int>(numberOf(object, "maximumRetryAttempts", settings.maximum_retry_attempts));
  settings.maximum_event_age =
      std::chrono::seconds(numberOf(object, "maximumEventAgeSeconds", settings.maximum_event_age.count()));
  if (memberOf(object, "configuredAt")) settings.configured_at = timeOf(object, "configuredAt");
  return settings;
}

std::string encodeFunction(const Function& function) {
  json::object object;
  object["revision"] = function.revision;
  put(object, "runtime", function.runtime);
  put(object, "handler", function.handler);
  put(object, "builtIn", function.built_in);
  put(object, "description", function.description);
  put(object, "codeDirectory", function.code_directory.string());
  put(object, "deadLetterArn", function.dead_letter_arn);
  if (!function.layer_directories.empty()) {
    json::array& directories = object["layerDirectories"].emplace_array();
    for (const auto& directory : function.layer_directories) directories.emplace_back(directory.string());
  }
  object["timeoutMs"] = function.timeout.count();
  object["memorySize"] = function.memory_size;
  encodeAsynchronous(object, function.asynchronous);
  encodeApiMembers(object, function);
  if (function.reserved_concurrency) object["reservedConcurrency"] = *function.reserved_concurrency;
  if (!function.environment.empty()) object["environment"] = encodeMap(function.environment);
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
  if (const json::value* directories = memberOf(object, "layerDirectories"); directories && directories->is_array()) {
    for (const json::value& directory : directories->get_array()) {
      function.layer_directories.emplace_back(std::string(directory.as_string()));
    }
  }
  function.timeout = Duration(numberOf(object, "timeoutMs", function.timeout.count()));
  function.memory_size = static_cast<int>(numberOf(object, "memorySize", function.memory_size));
  if (memberOf(object, "reservedConcurrency")) {
    function.reserved_concurrency = static_cast<int>(numberOf(object, "reservedConcurrency", 0));
  }
  function.asynchronous = decodeAsynchronous(object);
  function.environment = decodeMap(objectOf(object, "environment"));
  decodeApiMembers(object, function);
  return function;
}

}  // namespace ddblog::lambda
