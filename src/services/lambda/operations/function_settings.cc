#include "services/lambda/operations/function_settings.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "rpc/finite_numbers.h"
#include "services/lambda/functions/errors.h"
#include "services/lambda/functions/layers.h"
#include "services/lambda/functions/limits.h"

namespace ddblog::lambda {

namespace {

constexpr std::string_view kRolePattern = R"(arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+)";
constexpr std::string_view kHandlerPattern = R"([^\s]+)";

// Given back, without an effect here.
constexpr std::array kKept = {"VpcConfig",     "KMSKeyArn",        "FileSystemConfigs", "TracingConfig",
                              "Architectures", "EphemeralStorage", "SnapStart",         "LoggingConfig"};

// Those that AWS's model names.
constexpr std::array kRuntimes = {
    "nodejs",     "nodejs4.3",     "nodejs4.3-edge", "nodejs6.10",    "nodejs8.10",    "nodejs10.x", "nodejs12.x",
    "nodejs14.x", "nodejs16.x",    "nodejs18.x",     "nodejs20.x",    "nodejs22.x",    "nodejs24.x", "java8",
    "java8.al2",  "java11",        "java17",         "java21",        "java25",        "python2.7",  "python3.6",
    "python3.7",  "python3.8",     "python3.9",      "python3.10",    "python3.11",    "python3.12", "python3.13",
    "python3.14", "dotnetcore1.0", "dotnetcore2.0",  "dotnetcore2.1", "dotnetcore3.1", "dotnet6",    "dotnet8",
    "dotnet10",   "go1.x",         "ruby2.5",        "ruby2.7",       "ruby3.2",       "ruby3.3",    "ruby3.4",
    "provided",   "provided.al2",  "provided.al2023"};

constexpr std::array kReservedVariables = {"_HANDLER",
                                           "_X_AMZN_TRACE_ID",
                                           "AWS_DEFAULT_REGION",
                                           "AWS_REGION",
                                           "AWS_EXECUTION_ENV",
                                           "AWS_LAMBDA_FUNCTION_NAME",
                                           "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
                                           "AWS_LAMBDA_FUNCTION_VERSION",
                                           "AWS_LAMBDA_INITIALIZATION_TYPE",
                                           "AWS_LAMBDA_LOG_GROUP_NAME",
                                           "AWS_LAMBDA_LOG_STREAM_NAME",
                                           "AWS_ACCESS_KEY",
                                           "AWS_ACCESS_KEY_ID",
                                           "AWS_SECRET_ACCESS_KEY",
                                           "AWS_SESSION_TOKEN",
                                           "AWS_LAMBDA_RUNTIME_API",
                                           "LAMBDA_TASK_ROOT",
                                           "LAMBDA_RUNTIME_DIR"};

// "[a, b]"
template <class Texts>
std::string listed(const Texts& texts) {
  return "[" + joined(texts) + "]";
}

bool isVariableName(const std::string& name) {
  return name.size() >= 2 && std::isalpha(static_cast<unsigned char>(name[0])) &&
         std::ranges::all_of(name, [](unsigned char c) { return std::isalnum(c) || c == '_'; });
}

void checkEnvironment(const std::map<std::string, std::string>& variables) {
  std::vector<std::string> reserved;
  json::object measured;
  for (const auto& [name, value] : variables) {
    if (std::ranges::find(kReservedVariables, name) != kReservedVariables.end()) reserved.push_back(name);
    measured[name] = value;
  }
  if (!reserved.empty()) {
    throw invalidParameterValue(
        "Lambda was unable to configure your environment variables because the environment variables you have provided "
        "contains reserved keys that are currently not supported for modification. Reserved keys used in this "
        "request: " +
        joined(reserved));
  }
  const std::string text = json::serialize(measured);
  if (text.size() > limits::kEnvironmentBytes) {
    throw invalidParameterValue(
        "Lambda was unable to configure your environment variables because the environment variables you have provided "
        "exceeded the 4KB limit. String measured: " +
        text);
  }
}

}  // namespace

FunctionSettings::FunctionSettings(rpc::RequestReader& request, For purpose) {
  rpc::ObjectReader& fields = request.fields();
  runtime_ = fields.string("Runtime");
  role_ = fields.string("Role", {.required = purpose == For::kCreate, .pattern = kRolePattern});
  handler_ = fields.string("Handler", {.max = 128, .pattern = kHandlerPattern});
  description_ = fields.string("Description", {.max = 256});
  timeout_ = fields.integer("Timeout", {.min = 1, .max = limits::kFunctionTimeout.count()});
  memory_size_ = fields.integer("MemorySize", {.min = 128, .max = 10'240});
  if (auto config = fields.object("DeadLetterConfig")) dead_letter_arn_ = config->string("TargetArn").value_or("");
  readEnvironment(request);
  layers_ = fields.strings("Layers");
  readKept(fields);
}

void FunctionSettings::readEnvironment(rpc::RequestReader& request) {
  auto environment = request.fields().object("Environment");
  if (!environment) return;
  environment_.emplace();
  for (auto& [name, value] :
       environment->stringMap("Variables").value_or(std::vector<std::pair<std::string, std::string>>())) {
    if (!isVariableName(name)) {
      request.refuse(
          "Value at 'environment.variables' failed to satisfy constraint: Map keys must satisfy constraint: [Member "
          "must "
          "satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+]");
    }
    (*environment_)[name] = value;
  }
}

void FunctionSettings::readKept(rpc::ObjectReader& fields) {
  fields.strings("Architectures", {.min = 1, .max = 1}, {.one_of = {"x86_64", "arm64"}});
  if (auto storage = fields.object("EphemeralStorage")) {
    storage->integer("Size", {.required = true, .min = 512, .max = 10'240});
  }
  if (auto tracing = fields.object("TracingConfig")) tracing->string("Mode", {.one_of = {"Active", "PassThrough"}});
  if (auto snap_start = fields.object("SnapStart")) {
    snap_start->string("ApplyOn", {.one_of = {"PublishedVersions", "None"}});
  }
  if (auto logging = fields.object("LoggingConfig")) logging->string("LogFormat", {.one_of = {"JSON", "Text"}});
  for (const char* name : kKept) {
    const json::value* given = fields.value(name);
    if (!given) continue;
    kept_[name] = rpc::withFiniteNumbers(json::value(*given, json::storage_ptr()));
    if (std::string_view(name) == "SnapStart" && given->is_object()) {
      kept_[name].as_object()["OptimizationStatus"] = "Off";
    }
  }
}

void FunctionSettings::check(const Context& context) const {
  if (environment_) checkEnvironment(*environment_);
  if (runtime_ && std::ranges::find(kRuntimes, *runtime_) == kRuntimes.end()) {
    throw invalidParameterValue("Value " + *runtime_ +
                                " at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: " +
                                listed(kRuntimes) + " or be a valid ARN");
  }
  if (layers_ && layers_->size() > limits::kFunctionLayers) {
    throw invalidParameterValue("Cannot reference more than 5 layers.");
  }
  if (dead_letter_arn_ && !dead_letter_arn_->empty() && !context.recipients.find(*dead_letter_arn_)) {
    throw invalidParameterValue("there is no destination " + *dead_letter_arn_ + " offline");
  }
}

void FunctionSettings::applyTo(Function& function, const Reader& reader) const {
  if (runtime_) function.runtime = *runtime_;
  if (role_) function.role = *role_;
  if (handler_) function.handler = *handler_;
  if (description_) function.description = *description_;
  if (timeout_) function.timeout = std::chrono::seconds(*timeout_);
  if (memory_size_) function.memory_size = static_cast<int>(*memory_size_);
  if (environment_) function.environment = *environment_;
  if (dead_letter_arn_) function.dead_letter_arn = *dead_letter_arn_;
  if (layers_) function.layers = findLayers(reader, *layers_);
  if (!kept_.empty()) {
    json::object kept = function.kept.empty() ? json::object() : parseJson(function.kept).as_object();
    for (const auto& member : kept_) kept[member.key()] = member.value();
    function.kept = json::serialize(kept);
  }
}

std::string newFunctionName(const std::string& name_or_arn) {
  constexpr std::string_view kMarker = "function:";
  const std::size_t found = name_or_arn.rfind(kMarker);
  std::string name = found == std::string::npos ? name_or_arn : name_or_arn.substr(found + kMarker.size());
  if (name.size() > 64) {
    throw invalidParameterValue(
        "1 validation error detected: Value '" + name +
        "' at 'functionName' failed to satisfy constraint: Member must have length less than or "
        "equal to 64");
  }
  return name;
}

void checkTags(const std::map<std::string, std::string>& tags) {
  if (tags.size() > limits::kFunctionTags) throw invalidParameterValue("Number of tags exceeds resource tag limit.");
}

void touch(Function& function, Context& context) {
  function.revision_id = context.ids.uuid();
  function.last_modified = context.clock.now();
}

}  // namespace ddblog::lambda
