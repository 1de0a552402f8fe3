// PutFunction: creates a function, or replaces the one with the same name. It is an operation of
// ours, because a function's code is a directory here. Fields besides those of AWS's
// CreateFunction: CodeDirectory (instead of Code), BuiltIn (a function that is part of this program),
// LayerDirectories, Aliases (names that point to $LATEST), ReservedConcurrentExecutions,
// EventInvokeConfig (as in PutFunctionEventInvokeConfig).
//
// Rejects: broken constraints; InvalidParameterValueException for a function that exceeds Lambda's
// limits, or a destination that we cannot deliver to.
#include "base/api_error.h"
#include "rpc/operation.h"
#include "services/lambda/functions/aliases.h"
#include "services/lambda/functions/errors.h"
#include "services/lambda/functions/stored_code.h"
#include "services/lambda/operations/context.h"
#include "services/lambda/operations/uploaded_code.h"

namespace ddblog::lambda {

namespace {

std::string destination(rpc::ObjectReader& config, const char* which) {
  auto of = config.object(which);
  return of ? of->string("Destination", {.max = 350}).value_or("") : "";
}

AsynchronousSettings readInvokeConfig(rpc::ObjectReader& config) {
  AsynchronousSettings settings;
  if (const auto retries = config.integer("MaximumRetryAttempts")) {
    settings.maximum_retry_attempts = static_cast<int>(*retries);
  }
  if (const auto age = config.integer("MaximumEventAgeInSeconds")) {
    settings.maximum_event_age = std::chrono::seconds(*age);
  }
  if (auto destinations = config.object("DestinationConfig")) {
    settings.on_success = destination(*destinations, "OnSuccess");
    settings.on_failure = destination(*destinations, "OnFailure");
  }
  return settings;
}

class PutFunction {
 public:
  PutFunction(rpc::RequestReader& request, Context& context) : context_(context) {
    rpc::ObjectReader& fields = request.fields();
    function_.name = fields.string("FunctionName", {.required = true}).value_or("");
    function_.runtime = fields.string("Runtime").value_or("");
    function_.handler = fields.string("Handler").value_or("");
    function_.built_in = fields.string("BuiltIn").value_or("");
    function_.description = fields.string("Description").value_or("");
    function_.code_directory = fields.string("CodeDirectory").value_or("");
    if (auto code = fields.object("Code")) code_.emplace(*code);
    for (std::string& directory : fields.strings("LayerDirectories").value_or(std::vector<std::string>())) {
      function_.layer_directories.emplace_back(std::move(directory));
    }
    aliases_ = fields.strings("Aliases").value_or(std::vector<std::string>());
    if (const auto seconds = fields.integer("Timeout")) function_.timeout = std::chrono::seconds(*seconds);
    if (const auto megabytes = fields.integer("MemorySize")) function_.memory_size = static_cast<int>(*megabytes);
    if (const auto reserved = fields.integer("ReservedConcurrentExecutions")) {
      function_.reserved_concurrency = static_cast<int>(*reserved);
    }
    if (auto environment = fields.object("Environment")) {
      for (auto& [name, value] : environment->stringMap("Variables").value_or(Variables())) {
        function_.environment[name] = value;
      }
    }
    if (auto config = fields.object("EventInvokeConfig")) {
      function_.asynchronous = readInvokeConfig(*config);
      has_invoke_config_ = config->has("MaximumRetryAttempts") || config->has("MaximumEventAgeInSeconds") ||
                           !function_.asynchronous.on_success.empty() || !function_.asynchronous.on_failure.empty();
    }
    if (auto config = fields.object("DeadLetterConfig")) {
      function_.dead_letter_arn = config->string("TargetArn").value_or("");
    }
    request.finish();
    function_.revision_id = context.ids.uuid();
    function_.last_modified = context.clock.now();
    function_.role = context.functions.roleOf("offline");
    if (has_invoke_config_) function_.asynchronous.configured_at = function_.last_modified;
    context.functions.check(function_);
    checkDestinations();
    if (!code_) return;
    code_->check();
    function_.code = code_->code();
  }

  std::string run(Transaction& transaction) const {
    if (code_) putCode(transaction, function_.code, code_->zip());
    context_.functions.put(transaction, function_);
    context_.queue.functionIsMade(transaction, function_.reference());
    for (const std::string& name : aliases_) pointToLatest(transaction, name);
    return "{}";
  }

 private:
  using Variables = std::vector<std::pair<std::string, std::string>>;

  void checkDestinations() const {
    for (const std::string& arn :
         {function_.asynchronous.on_success, function_.asynchronous.on_failure, function_.dead_letter_arn}) {
      if (arn.empty() || context_.recipients.find(arn)) continue;
      throw invalidParameterValue("there is no destination " + arn + " offline");
    }
  }

  void pointToLatest(Transaction& transaction, const std::string& name) const {
    Alias alias = findAlias(transaction, function_.name, name).value_or(Alias());
    if (alias.version == kLatest && alias.weights.empty()) return;
    alias.name = name;
    alias.version = kLatest;
    alias.weights.clear();
    alias.revision_id = context_.ids.uuid();
    putAlias(transaction, function_.name, alias);
    context_.queue.functionIsMade(transaction, function_.name + ":" + name);
  }

  Context& context_;
  Function function_;
  std::optional<UploadedCode> code_;
  std::vector<std::string> aliases_;
  bool has_invoke_config_ = false;
};

}  // namespace

void addPutFunction(rpc::JsonApi& api, Context& context) { rpc::addWrite<PutFunction>(api, "PutFunction", context); }

}  // namespace ddblog::lambda
