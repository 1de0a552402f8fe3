#include "deploy/local/provision_functions.h"

#include <set>

#include "base/base64.h"
#include "deploy/local/code_archive.h"
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

// The ARN of the table's current stream, for one that ends in "/stream/latest"; other values, and those
// of tables that have no stream, are returned unchanged.
std::string withCurrentStream(const rpc::Apis& apis, const std::string& value) {
  constexpr std::string_view kLatest = "/stream/latest";
  const std::size_t table = value.find(":table/");
  if (!value.starts_with("arn:aws:dynamodb:") || !value.ends_with(kLatest) || table == std::string::npos) return value;
  const std::size_t begin = table + 7;
  const std::string name = value.substr(begin, value.size() - kLatest.size() - begin);
  try {
    const json::object answer = call(apiOf(apis, "DynamoDB_20120810"), "DescribeTable", {{"TableName", name}});
    const std::string arn = textOf(answer.at("Table").as_object(), "LatestStreamArn");
    return arn.empty() ? value : arn;
  } catch (const ApiError&) {
    return value;  // there is no such table
  }
}

// A PutFunction request.
json::object requestOf(const templates::App& app, const templates::App::Function& function, const rpc::Apis& apis) {
  json::object request{{"FunctionName", function.name},
                       {"Runtime", function.runtime},
                       {"Handler", function.handler},
                       {"BuiltIn", function.built_in},
                       {"Description", function.description},
                       {"EventInvokeConfig", invokeConfigOf(function.invoke_config)},
                       {"DeadLetterConfig", {{"TargetArn", function.dead_letter_arn}}}};
  const std::string zip = codeArchive(function);
  if (zip.empty()) {
    request["CodeDirectory"] = function.code_directory.string();
  } else {
    request["Code"] = {{"ZipFile", toBase64(zip)}};
  }
  json::array& layers = request["LayerDirectories"].emplace_array();
  for (const auto& layer : function.layers) layers.emplace_back(layer.string());
  json::array& aliases = request["Aliases"].emplace_array();
  for (const templates::App::Alias& alias : app.aliases) {
    if (alias.function == function.name) aliases.emplace_back(alias.name);
  }
  json::object variables;
  for (const auto& [name, value] : function.environment) variables[name] = withCurrentStream(apis, value);
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

void provisionFunctions(const templates::App& app, const rpc::Apis& apis, Store& store, Refusals& refusals) {
  const rpc::JsonApi& lambda = lambdaOf(apis);
  std::set<std::string> declared;
  Calls calls(refusals);
  for (const templates::App::Function& function : app.functions) {
    declared.insert(declaredKey("function").text(function.name).str());
    try {
      calls.start(lambda, "PutFunction", requestOf(app, function, apis), "function " + function.name);
    } catch (const ProvisionError& e) {
      refusals.add(e);
    }
  }
  calls.finish();
  replaceDeclared(store, "function", declared, [&](KeyParser former) {
    const std::string name = former.text();
    provision(refusals, lambda, "DeleteFunction", {{"FunctionName", name}}, "function " + name);
  });
}

void provisionMappings(const templates::App& app, const rpc::Apis& apis, Store& store, Refusals& refusals) {
  const rpc::JsonApi& lambda = lambdaOf(apis);
  std::set<std::string> declared;
  Calls calls(refusals);
  for (const json::object& mapping : app.event_source_mappings) {
    const std::string name = functionNameOf(textOf(mapping, "FunctionName"));
    if (refusals.isRefused("function " + name)) continue;
    calls.start(lambda, "PutEventSourceMapping", mapping, "an event source mapping of function " + name);
    declared.insert(declaredKey("mapping").text(name).text(textOf(mapping, "EventSourceArn")).str());
  }
  calls.finish();
  replaceDeclared(store, "mapping", declared, [&](KeyParser former) {
    const std::string name = former.text();
    const std::string source = former.text();
    provision(refusals, lambda, "DeleteEventSourceMapping", {{"FunctionName", name}, {"EventSourceArn", source}},
              "an event source mapping of function " + name);
  });
}

}  // namespace ddblog::deploy
