#include "template/template.h"

#include <fstream>
#include <set>
#include <sstream>

#include "template/template_function.h"

namespace ddblog::templates {

namespace {

constexpr std::uintmax_t kTemplateBytes = 1u << 20;  // CloudFormation's own limit

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
      : document_(document), intrinsics_(document, std::move(parameters), pseudo), directory_(std::move(directory)) {}

  App read() {
    const json::value* resources = document_.if_contains("Resources");
    if (!resources || !resources->is_object() || resources->get_object().empty()) {
      throw TemplateError("there are no Resources");
    }
    for (const auto& resource : resources->get_object()) {
      const std::string logical_id(resource.key());
      try {
        if (!resource.value().is_object()) throw TemplateError("is no map");
        readResource(logical_id, resource.value().get_object());
      } catch (const TemplateError& e) {
        throw TemplateError("resource " + logical_id + ": " + e.what());
      }
    }
    applyInvokeConfigs();
    checkReferences();
    haveTriggersReport();
    return std::move(app_);
  }

 private:
  void readResource(const std::string& logical_id, const json::object& resource) {
    if (const json::value* condition = resource.if_contains("Condition")) {
      if (!condition->is_string()) throw TemplateError("Condition wants a name");
      if (!intrinsics_.condition(std::string(condition->get_string()))) return;
    }
    const json::value* type_value = resource.if_contains("Type");
    if (!type_value || !type_value->is_string()) throw TemplateError("has no Type");
    const std::string type(type_value->get_string());
    if (!type.starts_with("AWS::") && !type.starts_with("Custom::") && !type.starts_with("Alexa::")) {
      throw TemplateError("there is no resource type " + type);
    }
    const Properties properties = propertiesOf(resource);
    if (type == "AWS::DynamoDB::Table") {
      readTable(logical_id, properties);
    } else if (type == "AWS::Serverless::SimpleTable") {
      readSimpleTable(logical_id, properties);
    } else if (type == "AWS::Events::EventBus") {
      app_.event_buses.push_back({{"Name", intrinsics_.physicalName(logical_id)}});
    } else if (type == "AWS::Events::Rule") {
      readRule(logical_id, properties);
    } else if (type == "AWS::Serverless::Function" || type == "AWS::Lambda::Function") {
      readFunction(logical_id, type, resource, properties);
    } else if (type == "AWS::Lambda::EventSourceMapping") {
      app_.event_source_mappings.push_back(properties.object());
    } else if (type == "AWS::Lambda::EventInvokeConfig") {
      invoke_configs_.push_back(properties.object());
    } else if (!isSilent(type)) {
      app_.notes.push_back(logical_id + " (" + type + ") has no meaning offline");
    }
  }

  // What is about permissions or keeping the code has nothing to do offline and needs no note.
  static bool isSilent(const std::string& type) {
    return type.starts_with("AWS::IAM::") || type.starts_with("AWS::Logs::") || type == "AWS::Lambda::Permission" ||
           type == "AWS::Events::EventBusPolicy" || type == "AWS::SQS::QueuePolicy";
  }

  Properties propertiesOf(const json::object& resource) {
    const json::value* found = resource.if_contains("Properties");
    if (found && !found->is_object()) throw TemplateError("Properties is no map");
    return Properties(found ? intrinsics_.resolve(*found).get_object() : json::object{});
  }

  void readTable(const std::string& logical_id, const Properties& properties) {
    json::object create = properties.object();
    create["TableName"] = intrinsics_.physicalName(logical_id);
    std::optional<json::object> update_ttl;
    if (const json::object* ttl = properties.map("TimeToLiveSpecification")) {
      update_ttl = json::object{{"TableName", create["TableName"]}, {"TimeToLiveSpecification", *ttl}};
    }
    for (const char* elsewhere :
         {"TimeToLiveSpecification", "PointInTimeRecoverySpecification", "KinesisStreamSpecification",
          "ContributorInsightsSpecification", "ImportSourceSpecification"}) {
      create.erase(elsewhere);
    }
    if (const json::object* stream = properties.map("StreamSpecification")) {
      json::object with_switch = *stream;
      with_switch["StreamEnabled"] = true;
      create["StreamSpecification"] = std::move(with_switch);
    }
    if (const json::object* sse = properties.map("SSESpecification")) {
      json::object request = *sse;
      if (const json::value* enabled = sse->if_contains("SSEEnabled")) request["Enabled"] = *enabled;
      request.erase("SSEEnabled");
      create["SSESpecification"] = std::move(request);
    }
    app_.tables.push_back({std::move(create), std::move(update_ttl)});
  }

  // SAM's short form: one hash attribute, "id" of type String unless it says otherwise.
  void readSimpleTable(const std::string& logical_id, const Properties& properties) {
    const json::object* given = properties.map("PrimaryKey");
    const Properties key(given ? *given : json::object{});
    const std::string name = key.text("Name").value_or("id");
    const std::string type = key.text("Type").value_or("String");
    app_.tables.push_back(
        {json::object{{"TableName", intrinsics_.physicalName(logical_id)},
                      {"AttributeDefinitions", {{{"AttributeName", name}, {"AttributeType", type.substr(0, 1)}}}},
                      {"KeySchema", {{{"AttributeName", name}, {"KeyType", "HASH"}}}},
                      {"BillingMode", "PAY_PER_REQUEST"}},
         std::nullopt});
  }

  void readRule(const std::string& logical_id, const Properties& properties) {
    json::object rule = properties.object();
    rule["Name"] = intrinsics_.physicalName(logical_id);
    json::object targets{{"Rule", rule["Name"]}};
    if (const json::value* bus = rule.if_contains("EventBusName")) targets["EventBusName"] = *bus;
    if (const json::array* list = properties.list("Targets")) targets["Targets"] = *list;
    rule.erase("Targets");
    if (const json::value* pattern = rule.if_contains("EventPattern"); pattern && !pattern->is_string()) {
      rule["EventPattern"] = json::serialize(*pattern);
    }
    app_.rules.push_back({std::move(rule), std::move(targets)});
  }

  void readFunction(const std::string& logical_id, const std::string& type, const json::object& resource,
                    Properties properties) {
    if (type == "AWS::Serverless::Function") properties = withGlobals(std::move(properties));
    const FunctionPlace place{logical_id, intrinsics_.physicalName(logical_id), intrinsics_.arn(logical_id),
                              directory_};
    app_.functions.push_back(readTemplateFunction(place, resource, properties));
    if (type == "AWS::Serverless::Function") addFunctionEvents(place, properties, app_);
  }

  Properties withGlobals(Properties properties) {
    const json::value* globals = document_.if_contains("Globals");
    const json::value* of_functions =
        globals && globals->is_object() ? globals->get_object().if_contains("Function") : nullptr;
    if (!of_functions || !of_functions->is_object()) return properties;
    return Properties(mergeGlobals(intrinsics_.resolve(*of_functions).get_object(), properties.object()));
  }

  void applyInvokeConfigs() {
    for (const json::object& config : invoke_configs_) {
      const Properties properties(config);
      const std::string name = properties.text("FunctionName").value_or("");
      bool found = false;
      for (lambda::Function& function : app_.functions) {
        if (function.name != name && !name.ends_with(":function:" + function.name)) continue;
        readInvokeConfig(properties, function.asynchronous);
        found = true;
      }
      if (!found) throw TemplateError("an EventInvokeConfig names the function " + name + ", which does not exist");
    }
  }

  // The built-in trigger says which events could not be put; a mapping that does not ask would skip them.
  void haveTriggersReport() {
    for (json::object& mapping : app_.event_source_mappings) {
      const std::string name = Properties(mapping).text("FunctionName").value_or("");
      for (const lambda::Function& function : app_.functions) {
        const bool same = name == function.name || name.ends_with(":function:" + function.name);
        if (same && !function.command.empty()) mapping["FunctionResponseTypes"] = {"ReportBatchItemFailures"};
      }
    }
  }

  // Names that would only fail later, when the first event comes.
  void checkReferences() const {
    std::set<std::string, std::less<>> functions;
    for (const lambda::Function& function : app_.functions) functions.insert(function.name);
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
    for (const lambda::Function& function : app_.functions) {
      for (const std::string& arn : {function.asynchronous.on_failure, function.asynchronous.on_success}) {
        const json::value value(arn);
        if (arn.find(":function:") != std::string::npos) check(&value, "a destination of " + function.name);
      }
    }
  }

  const json::object& document_;
  Intrinsics intrinsics_;
  const std::filesystem::path directory_;
  App app_;
  std::vector<json::object> invoke_configs_;
};

}  // namespace

App readTemplate(const std::filesystem::path& file, std::map<std::string, std::string> parameters,
                 const PseudoParameters& pseudo) {
  const std::string name = file.string();
  const json::value document = parseYaml(readFile(file), name);
  if (!document.is_object()) throw TemplateError(name + ": is no template");
  try {
    return TemplateReader(document.get_object(), std::move(parameters), pseudo,
                          std::filesystem::absolute(file).parent_path())
        .read();
  } catch (const TemplateError& e) {
    throw TemplateError(name + ": " + e.what());
  }
}

}  // namespace ddblog::templates
