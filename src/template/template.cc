#include "template/template.h"

#include <fstream>
#include <set>
#include <sstream>

#include "base/json_fields.h"
#include "template/function_properties.h"
#include "template/resource.h"
#include "template/serverless/service.h"

namespace ddblog::templates {

namespace {

constexpr std::uintmax_t kTemplateBytes = 1u << 20;  // CloudFormation's limit

std::string readFile(const std::filesystem::path& file) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(file, error);
  if (error) throw TemplateError("cannot read the template " + file.string() + ": " + error.message());
  if (size > kTemplateBytes) throw TemplateError("the template " + file.string() + " is larger than 1 MB");
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) throw TemplateError("cannot read the template " + file.string());
  return text.str();
}

class TemplateReader {
 public:
  TemplateReader(const json::object& document, std::map<std::string, std::string> parameters,
                 const PseudoParameters& pseudo, std::filesystem::path directory)
      : document_(document),
        intrinsics_(document, std::move(parameters), pseudo),
        reading_{app_, intrinsics_, document, std::move(directory), {}} {}

  App read() {
    const json::object* resources = objectOf(document_, "Resources");
    if (!resources || resources->empty()) throw TemplateError("there are no Resources");
    for (const auto& resource : *resources) {
      const std::string logical_id(resource.key());
      try {
        if (!resource.value().is_object()) throw TemplateError("must be a map");
        readResource(logical_id, resource.value().get_object());
      } catch (const TemplateError& e) {
        throw TemplateError("resource " + logical_id + ": " + e.what());
      }
    }
    for (const auto& step : reading_.when_complete) step(app_);
    checkReferences();
    enableItemFailureReports();
    return std::move(app_);
  }

 private:
  void readResource(const std::string& logical_id, const json::object& declaration) {
    if (const json::value* condition = declaration.if_contains("Condition")) {
      if (!condition->is_string()) throw TemplateError("Condition must be the name of a condition");
      if (!intrinsics_.condition(std::string(condition->get_string()))) return;
    }
    const json::value* type_value = declaration.if_contains("Type");
    if (!type_value || !type_value->is_string()) throw TemplateError("has no Type");
    const std::string type(type_value->get_string());
    if (!type.starts_with("AWS::") && !type.starts_with("Custom::") && !type.starts_with("Alexa::")) {
      throw TemplateError("there is no resource type " + type);
    }
    const Properties properties = propertiesOf(declaration);
    const ResourceType* known = findResourceType(type);
    if (known && known->read) {
      known->read(reading_, {logical_id, intrinsics_.physicalName(logical_id), declaration, properties});
    } else if (!isIrrelevantOffline(type)) {
      app_.notes.push_back(logical_id + " (" + type + ") has no meaning offline");
    }
  }

  Properties propertiesOf(const json::object& declaration) {
    const json::value* found = declaration.if_contains("Properties");
    if (found && !found->is_object()) throw TemplateError("Properties must be a map");
    return Properties(found ? intrinsics_.resolve(*found).get_object() : json::object{});
  }

  // The built-in trigger reports records whose events could not be put. Without this setting a
  // mapping ignores the report and skips them.
  void enableItemFailureReports() {
    for (json::object& mapping : app_.event_source_mappings) {
      const std::string name = Properties(mapping).text("FunctionName").value_or("");
      for (const App::Function& function : app_.functions) {
        if (namesFunction(name, function) && !function.built_in.empty()) {
          mapping["FunctionResponseTypes"] = {"ReportBatchItemFailures"};
        }
      }
    }
  }

  // Finds invalid references that would otherwise fail only at the first event.
  void checkReferences() const {
    std::set<std::string, std::less<>> functions;
    for (const App::Function& function : app_.functions) functions.insert(function.name);
    auto check = [&](const json::value* arn_value, const std::string& where) {
      if (!arn_value || !arn_value->is_string()) return;
      const std::string_view arn = arn_value->get_string();
      const std::size_t place = arn.find(":function:");
      const std::string_view name = place == std::string_view::npos ? arn : arn.substr(place + 10);
      const bool is_function = place != std::string_view::npos || arn.find(':') == std::string_view::npos;
      if (is_function && !functions.contains(name.substr(0, name.find(':')))) {
        throw TemplateError(where + " names the function " + std::string(name) + ", which does not exist");
      }
    };
    for (const json::object& mapping : app_.event_source_mappings) {
      check(mapping.if_contains("FunctionName"), "an event source mapping");
    }
    for (const App::Rule& rule : app_.rules) {
      const json::value* targets = rule.put_targets.if_contains("Targets");
      if (!targets || !targets->is_array()) continue;
      for (const json::value& target : targets->get_array()) {
        if (const json::object* object = target.if_object()) check(object->if_contains("Arn"), "a rule's target");
      }
    }
    for (const App::Function& function : app_.functions) {
      for (const std::string& arn : {function.invoke_config.on_failure, function.invoke_config.on_success}) {
        const json::value value(arn);
        if (arn.find(":function:") != std::string::npos) check(&value, "a destination of " + function.name);
      }
    }
  }

  const json::object& document_;
  Intrinsics intrinsics_;
  App app_;
  Reading reading_;
};

App readService(const std::filesystem::path& file, const std::map<std::string, std::string>& parameters,
                PseudoParameters pseudo) {
  serverless::Translation service = serverless::translate(file, serverless::inputsOf(parameters, pseudo));
  pseudo.stack_name = service.stack_name;
  App app = TemplateReader(service.document, service.parameters, pseudo, std::filesystem::absolute(file).parent_path())
                .read();
  app.notes.insert(app.notes.begin(), service.notes.begin(), service.notes.end());
  app.seeds = std::move(service.seeds);
  return app;
}

}  // namespace

App readTemplate(const std::filesystem::path& file, std::map<std::string, std::string> parameters,
                 const PseudoParameters& pseudo) {
  const std::string name = file.string();
  if (serverless::hasServiceName(file)) return readService(file, parameters, pseudo);
  const json::value document = parseYaml(readFile(file), name);
  if (!document.is_object()) throw TemplateError(name + ": is not a template");
  if (serverless::isService(document)) return readService(file, parameters, pseudo);
  try {
    return TemplateReader(document.get_object(), std::move(parameters), pseudo,
                          std::filesystem::absolute(file).parent_path())
        .read();
  } catch (const TemplateError& e) {
    throw TemplateError(name + ": " + e.what());
  }
}

LaunchSettings readLaunchSettings(const std::filesystem::path& file,
                                  const std::map<std::string, std::string>& parameters,
                                  const std::optional<std::string>& stage, const std::optional<std::string>& region) {
  const bool is_service =
      serverless::hasServiceName(file) || serverless::isService(parseYaml(readFile(file), file.string()));
  if (!is_service) return {};
  serverless::Inputs inputs = serverless::inputsOf(parameters, {});
  inputs.stage = stage;
  inputs.region = region;
  return serverless::translate(file, inputs).settings;
}

}  // namespace ddblog::templates
