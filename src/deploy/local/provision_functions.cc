#include "deploy/local/provision_functions.h"

#include <set>

#include "deploy/local/declared.h"
#include "deploy/local/service_calls.h"

namespace ddblog::deploy {

namespace {

const rpc::JsonApi& lambdaOf(const rpc::Apis& apis) {
  const rpc::JsonApi* api = apis.findInternal("Lambda");
  if (!api) throw ProvisionError("there is no service for functions");
  return *api;
}

json::object destinationOf(const std::string& arn) {
  return arn.empty() ? json::object{} : json::object{{"Destination", arn}};
}

json::object invokeConfigOf(const templates::App::InvokeConfig& config) {
  json::object request;
  if (config.maximum_retry_attempts) request["MaximumRetryAttempts"] = *config.maximum_retry_attempts;
  if (config.maximum_event_age) request["MaximumEventAgeInSeconds"] = config.maximum_event_age->count();
  request["DestinationConfig"] = {{"OnSuccess", destinationOf(config.on_success)},
                                  {"OnFailure", destinationOf(config.on_failure)}};
  return request;
}

// A PutFunction request.
json::object requestOf(const templates::App::Function& function) {
  json::object request{{"FunctionName", function.name},
                       {"Runtime", function.runtime},
                       {"Handler", function.handler},
                       {"BuiltIn", function.built_in},
                       {"Description", function.description},
                       {"CodeDirectory", function.code_directory.string()},
                       {"EventInvokeConfig", invokeConfigOf(function.invoke_config)},
                       {"DeadLetterConfig", {{"TargetArn", function.dead_letter_arn}}}};
  json::object variables;
  for (const auto& [name, value] : function.environment) variables[name] = value;
  request["Environment"] = {{"Variables", std::move(variables)}};
  if (function.timeout) request["Timeout"] = function.timeout->count();
  if (function.memory_size) request["MemorySize"] = *function.memory_size;
  if (function.reserved_concurrency) request["ReservedConcurrentExecutions"] = *function.reserved_concurrency;
  return request;
}

// The name in a function's ARN; a name is returned unchanged.
std::string functionNameOf(std::string_view name_or_arn) {
  constexpr std::string_view kMarker = ":function:";
  const std::size_t found = name_or_arn.find(kMarker);
  if (found != std::string_view::npos) name_or_arn.remove_prefix(found + kMarker.size());
  return std::string(name_or_arn.substr(0, name_or_arn.find(':')));
}

}  // namespace

void provisionFunctions(const templates::App& app, const rpc::Apis& apis, Store& store) {
  const rpc::JsonApi& lambda = lambdaOf(apis);
  std::set<std::string> declared;
  for (const templates::App::Function& function : app.functions) {
    provision(lambda, "PutFunction", requestOf(function), "function " + function.name);
    declared.insert(declaredKey("function").text(function.name).str());
  }
  replaceDeclared(store, "function", declared, [&](KeyParser former) {
    const std::string name = former.text();
    provision(lambda, "DeleteFunction", {{"FunctionName", name}}, "function " + name);
  });
}

void provisionMappings(const templates::App& app, const rpc::Apis& apis, Store& store) {
  const rpc::JsonApi& lambda = lambdaOf(apis);
  std::set<std::string> declared;
  for (const json::object& mapping : app.event_source_mappings) {
    const std::string name = functionNameOf(textOf(mapping, "FunctionName"));
    provision(lambda, "PutEventSourceMapping", mapping, "an event source mapping of function " + name);
    declared.insert(declaredKey("mapping").text(name).text(textOf(mapping, "EventSourceArn")).str());
  }
  replaceDeclared(store, "mapping", declared, [&](KeyParser former) {
    const std::string name = former.text();
    const std::string source = former.text();
    provision(lambda, "DeleteEventSourceMapping", {{"FunctionName", name}, {"EventSourceArn", source}},
              "an event source mapping of function " + name);
  });
}

}  // namespace ddblog::deploy
