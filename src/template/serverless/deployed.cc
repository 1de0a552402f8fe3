// What the template of a serverless.yml has for AWS only: roles, log groups, permissions, and settings
// of functions that mean nothing offline. Names and logical ids are those of the framework.
// https://www.serverless.com/framework/docs/providers/aws/guide/iam,
// https://www.serverless.com/framework/docs/providers/aws/guide/functions,
// https://github.com/functionalone/serverless-iam-roles-per-function
#include <algorithm>
#include <array>

#include "base/json_fields.h"
#include "template/serverless/service_parts.h"

namespace ddblog::templates::serverless {

namespace {

constexpr const char* kSharedRole = "IamRoleLambdaExecution";
constexpr const char* kPolicyVersion = "2012-10-17";

json::object getAtt(const std::string& logical_id, const char* attribute) {
  return {{"Fn::GetAtt", json::array{logical_id, attribute}}};
}

Tree* providerOf(Service& service) {
  Tree* provider = service.node(service.root, "provider");
  return provider && provider->isMap() ? provider : nullptr;
}

// A setting of the function, or else of the provider.
const Tree* settingOf(Service& service, Tree& function, std::string_view own, std::string_view of_provider) {
  if (const Tree* found = service.whole(function, own)) return found;
  Tree* provider = providerOf(service);
  return provider ? service.whole(*provider, of_provider) : nullptr;
}

// `provider.iam.role`, or what stood in its place in version 1: provider.`old_name`.
const Tree* ofRole(Service& service, std::string_view name, std::string_view old_name) {
  Tree* provider = providerOf(service);
  if (!provider) return nullptr;
  Tree* iam = service.node(*provider, "iam");
  Tree* role = iam && iam->isMap() ? service.node(*iam, "role") : nullptr;
  if (role && role->isMap()) {
    if (const Tree* found = service.whole(*role, name)) return found;
  }
  return service.whole(*provider, old_name);
}

// The ARN of a role that the file names: an ARN, a logical id, or a function of CloudFormation.
std::optional<json::value> roleArn(const Tree* role) {
  if (!role) return std::nullopt;
  if (!role->isString()) return jsonOf(*role);
  const std::string name(role->string());
  return name.find(':') == std::string::npos ? json::value(getAtt(name, "Arn")) : json::value(name);
}

// The role of all functions that the provider names; a map in `iam.role` describes one to be made, unless
// it is a function of CloudFormation.
std::optional<json::value> roleOfProvider(Service& service) {
  Tree* provider = providerOf(service);
  if (!provider) return std::nullopt;
  if (const Tree* old = service.whole(*provider, "role")) return roleArn(old);
  Tree* iam = service.node(*provider, "iam");
  const Tree* role = iam && iam->isMap() ? service.whole(*iam, "role") : nullptr;
  if (!role) return std::nullopt;
  const bool is_reference = role->isMap() && role->members.size() == 1 &&
                            (role->members[0].first == "Ref" || role->members[0].first.starts_with("Fn::"));
  return role->isMap() && !is_reference ? std::nullopt : roleArn(role);
}

void append(const Tree* statements, json::array& into) {
  if (!statements) return;
  for (const Tree& statement : statements->elements) {
    if (!statement.isNull()) into.push_back(jsonOf(statement));
  }
}

json::object roleResource(Service& service, const std::string& policy_name, json::array statements) {
  json::object properties{
      {"AssumeRolePolicyDocument",
       {{"Version", kPolicyVersion},
        {"Statement", json::array{json::object{{"Effect", "Allow"},
                                               {"Principal", {{"Service", json::array{"lambda.amazonaws.com"}}}},
                                               {"Action", json::array{"sts:AssumeRole"}}}}}}},
      {"Policies", json::array{json::object{
                       {"PolicyName", policy_name},
                       {"PolicyDocument", {{"Version", kPolicyVersion}, {"Statement", std::move(statements)}}}}}}};
  json::array managed;
  if (const Tree* policies = ofRole(service, "managedPolicies", "iamManagedPolicies")) append(policies, managed);
  Tree* provider = providerOf(service);
  if (provider && service.node(*provider, "vpc")) {
    managed.push_back(json::object{{"Fn::Sub",
                                    "arn:${AWS::Partition}:iam::aws:policy/service-role/"
                                    "AWSLambdaVPCAccessExecutionRole"}});
  }
  if (!managed.empty()) properties["ManagedPolicyArns"] = std::move(managed);
  if (const Tree* boundary = ofRole(service, "permissionsBoundary", "rolePermissionsBoundary")) {
    properties["PermissionsBoundary"] = jsonOf(*boundary);
  }
  if (const Tree* path = ofRole(service, "path", "iamRolePath")) properties["Path"] = jsonOf(*path);
  return {{"Type", "AWS::IAM::Role"}, {"Properties", std::move(properties)}};
}

// `package: patterns`, whose "!" leaves out; and `exclude` and `include` of version 1.
void addPatterns(Service& service, Tree& of, json::array& patterns) {
  Tree* package = service.node(of, "package");
  if (!package || !package->isMap()) return;
  const auto each = [&](std::string_view name, const auto& add) {
    const Tree* list = service.whole(*package, name);
    for (const Tree& pattern : list ? list->elements : std::vector<Tree>()) add(scalarText(pattern.scalar));
  };
  each("exclude", [&](const std::string& pattern) { patterns.emplace_back(pattern); });
  each("include", [&](const std::string& pattern) { patterns.emplace_back("!" + pattern); });
  each("patterns", [&](const std::string& pattern) {
    patterns.emplace_back(pattern.starts_with("!") ? pattern.substr(1) : "!" + pattern);
  });
}

json::object metadataOf(Service& service, Tree& function) {
  json::array patterns = {"/serverless.yml", "/serverless.yaml", "/serverless.json", "/serverless.js",
                          "/serverless.ts"};
  addPatterns(service, service.root, patterns);
  addPatterns(service, function, patterns);
  json::object ours{{"Exclude", std::move(patterns)}};
  Tree* package = service.node(service.root, "package");
  const auto keeps = package && package->isMap() ? service.text(*package, "excludeDevDependencies") : std::nullopt;
  if (keeps != "false") ours["ExcludeDevDependencies"] = true;
  return {{"DynamodbLog", std::move(ours)}};
}

void copySettings(Service& service, Tree& function, json::object& properties) {
  struct Setting {
    const char *name, *of_provider, *property;
  };
  constexpr std::array kSettings = {Setting{"kmsKeyArn", "kmsKeyArn", "KmsKeyArn"},
                                    Setting{"fileSystemConfig", "fileSystemConfig", "FileSystemConfigs"},
                                    Setting{"runtimeManagement", "runtimeManagement", "RuntimeManagementConfig"}};
  for (const Setting& setting : kSettings) {
    const Tree* value = settingOf(service, function, setting.name, setting.of_provider);
    if (!value) continue;
    const std::string property = setting.property;
    if (property == "RuntimeManagementConfig") {
      if (value->isString() && value->string() == "auto") properties[property] = {{"UpdateRuntimeOn", "Auto"}};
      if (value->isString() && value->string() == "onFunctionUpdate") {
        properties[property] = {{"UpdateRuntimeOn", "FunctionUpdate"}};
      }
    } else if (property == "FileSystemConfigs") {
      if (!value->isMap()) continue;
      const Tree *arn = value->find("arn"), *path = value->find("localMountPath");
      if (arn && path) {
        properties[property] = json::array{json::object{{"Arn", jsonOf(*arn)}, {"LocalMountPath", jsonOf(*path)}}};
      }
    } else {
      properties[property] = jsonOf(*value);
    }
  }
  if (const Tree* architecture = settingOf(service, function, "architecture", "architecture")) {
    properties["Architectures"] = json::array{jsonOf(*architecture)};
  }
  if (const Tree* size = service.whole(function, "ephemeralStorageSize")) {
    properties["EphemeralStorage"] = {{"Size", jsonOf(*size)}};
  }
  if (const Tree* vpc = settingOf(service, function, "vpc", "vpc"); vpc && vpc->isMap()) {
    json::object config;
    if (const Tree* groups = vpc->find("securityGroupIds")) config["SecurityGroupIds"] = jsonOf(*groups);
    if (const Tree* subnets = vpc->find("subnetIds")) config["SubnetIds"] = jsonOf(*subnets);
    if (!config.empty()) properties["VpcConfig"] = std::move(config);
  }
}

// `tracing: Active`, `true`, or provider.tracing.lambda.
void addTracing(Service& service, const ServiceFunction& function, Tree& tree, json::object& properties) {
  auto mode = service.text(tree, "tracing");
  Tree* provider = providerOf(service);
  Tree* of_provider = provider ? service.node(*provider, "tracing") : nullptr;
  if (!mode && of_provider && of_provider->isMap()) mode = service.text(*of_provider, "lambda");
  if (!mode || *mode == "false") return;
  properties["TracingConfig"] = {{"Mode", *mode == "true" ? "Active" : *mode}};
  allow(service, function.key, {"xray:PutTraceSegments", "xray:PutTelemetryRecords"}, "*");
}

void addLogGroup(Service& service, const ServiceFunction& function, Tree& tree, json::object& resource) {
  if (service.text(tree, "disableLogs").value_or("false") == "true") return;
  const std::string logical_id = function.normalized + "LogGroup";
  json::object properties{{"LogGroupName", "/aws/lambda/" + function.name}};
  if (const Tree* days = settingOf(service, tree, "logRetentionInDays", "logRetentionInDays")) {
    properties["RetentionInDays"] = jsonOf(*days);
  }
  service.places[logical_id] = tree.place;
  service.resources[logical_id] = json::object{{"Type", "AWS::Logs::LogGroup"}, {"Properties", std::move(properties)}};
  resource["DependsOn"] = json::array{logical_id};
  allow(service, function.key, {"logs:CreateLogStream", "logs:PutLogEvents"}, getAtt(logical_id, "Arn"));
}

bool hasOwnRole(Service& service, Tree& tree) {
  return service.hasPlugin("serverless-iam-roles-per-function") && service.node(tree, "iamRoleStatements") != nullptr;
}

// Whether the provider's statements are also those of a function with its own.
bool inherits(Service& service, Tree& tree) {
  if (const auto own = service.text(tree, "iamRoleStatementsInherit")) return *own == "true";
  Tree* custom = service.node(service.root, "custom");
  Tree* settings = custom && custom->isMap() ? service.node(*custom, "serverless-iam-roles-per-function") : nullptr;
  return settings && settings->isMap() && service.text(*settings, "defaultInherit").value_or("") == "true";
}

json::array statementsOfProvider(Service& service) {
  json::array statements;
  append(ofRole(service, "statements", "iamRoleStatements"), statements);
  return statements;
}

void addOwnRole(Service& service, const ServiceFunction& function, Tree& tree) {
  const std::string logical_id = function.normalized + kSharedRole;
  json::array statements;
  append(service.whole(tree, "iamRoleStatements"), statements);
  if (inherits(service, tree)) {
    for (json::value& statement : statementsOfProvider(service)) statements.push_back(std::move(statement));
  }
  json::object role = roleResource(service, function.name, std::move(statements));
  if (const auto name = service.text(tree, "iamRoleStatementsName")) role["Properties"].as_object()["RoleName"] = *name;
  service.places[logical_id] = tree.place;
  service.resources[logical_id] = std::move(role);
}

// A function's role: its own `role`, one made for it alone, the provider's, or the one of all.
json::value roleOf(Service& service, const ServiceFunction& function, Tree& tree) {
  if (auto own = roleArn(service.whole(tree, "role"))) return *own;
  if (hasOwnRole(service, tree)) {
    addOwnRole(service, function, tree);
    return getAtt(function.normalized + kSharedRole, "Arn");
  }
  if (auto of_provider = roleOfProvider(service)) return *of_provider;
  return getAtt(kSharedRole, "Arn");
}

json::array& statementsIn(json::object& role) {
  json::value& policy = role["Properties"].as_object()["Policies"].as_array().front();
  return policy.as_object()["PolicyDocument"].as_object()["Statement"].as_array();
}

// A function's ARN by its name. With Fn::GetAtt the role would wait for the function, which waits for the role.
void nameFunctions(const Service& service, json::value& resource) {
  const json::object* map = resource.if_object();
  const json::value* reference = map ? map->if_contains("Fn::GetAtt") : nullptr;
  const json::array* parts = reference ? reference->if_array() : nullptr;
  if (!parts || parts->size() != 2 || !parts->front().is_string() || parts->back() != json::value("Arn")) return;
  const json::object* target = objectOf(service.resources, parts->front().get_string());
  if (!target || ddblog::textOf(*target, "Type") != "AWS::Lambda::Function") return;
  const std::string name = ddblog::textOf(target->at("Properties").as_object(), "FunctionName");
  resource = {{"Fn::Sub", "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:" + name}};
}

// A target's service, by its ARN or by the type of the resource that it refers to.
std::string targetService(Service& service, const json::value& target) {
  const std::string text = json::serialize(target);
  for (const char* name : {"sqs", "sns", "lambda", "events"}) {
    if (text.find(":" + std::string(name) + ":") != std::string::npos) return name;
  }
  const json::object* map = target.if_object();
  const json::value* reference = map ? map->if_contains("Fn::GetAtt") : nullptr;
  if (map && !reference) reference = map->if_contains("Ref");
  const json::array* parts = reference ? reference->if_array() : nullptr;
  if (parts && !parts->empty()) reference = &parts->front();
  if (!reference || !reference->is_string()) return "";
  const std::string written(reference->get_string());
  const std::string type = declaredType(service, written.substr(0, written.find('.')));
  if (type == "AWS::SNS::Topic") return "sns";
  if (type == "AWS::SQS::Queue") return "sqs";
  if (type == "AWS::Events::EventBus") return "events";
  return written.find("LambdaFunction") != std::string::npos ? "lambda" : "";
}

}  // namespace

void allow(Service& service, const std::string& function_key, std::initializer_list<const char*> actions,
           const json::value& resource) {
  if (!service.is_for_aws) return;
  json::array list;
  for (const char* action : actions) list.emplace_back(action);
  service.needed_statements[function_key].push_back(
      json::object{{"Effect", "Allow"}, {"Action", std::move(list)}, {"Resource", json::array{resource}}});
}

void allowRule(Service& service, const std::string& function_id, const std::string& rule_id) {
  service.places[rule_id + "Permission"] = service.places[rule_id];
  service.resources[rule_id + "Permission"] = json::object{{"Type", "AWS::Lambda::Permission"},
                                                           {"Properties",
                                                            {{"FunctionName", getAtt(function_id, "Arn")},
                                                             {"Action", "lambda:InvokeFunction"},
                                                             {"Principal", "events.amazonaws.com"},
                                                             {"SourceArn", getAtt(rule_id, "Arn")}}}};
}

void allowDelivery(Service& service, const std::string& function_key, const json::value& target) {
  const std::string name = service.is_for_aws ? targetService(service, target) : "";
  if (name == "sqs") allow(service, function_key, {"sqs:SendMessage"}, target);
  if (name == "sns") allow(service, function_key, {"sns:Publish"}, target);
  if (name == "lambda") allow(service, function_key, {"lambda:InvokeFunction"}, target);
  if (name == "events") allow(service, function_key, {"events:PutEvents"}, target);
}

void deploySchedule(Service& service, const ServiceFunction& function, const std::string& logical_id, Tree& settings,
                    const json::object& rule) {
  const std::string role_id = function.normalized + "SchedulerRole";
  json::object role = roleResource(service, function.name + "-schedule",
                                   {json::object{{"Effect", "Allow"},
                                                 {"Action", json::array{"lambda:InvokeFunction"}},
                                                 {"Resource", json::array{getAtt(function.logical_id, "Arn")}}}});
  json::object& trust = role["Properties"].as_object()["AssumeRolePolicyDocument"].as_object();
  trust["Statement"].as_array().front().as_object()["Principal"] = {
      {"Service", json::array{"scheduler.amazonaws.com"}}};
  json::object target{{"Arn", getAtt(function.logical_id, "Arn")}, {"RoleArn", getAtt(role_id, "Arn")}};
  if (const Tree* input = service.whole(settings, "input")) {
    target["Input"] = input->isString() ? std::string(input->string()) : jsonText(jsonOf(*input));
  }
  json::object properties{
      {"ScheduleExpression", rule.at("ScheduleExpression")},
      {"FlexibleTimeWindow", {{"Mode", "OFF"}}},
      {"State", service.text(settings, "enabled").value_or("true") == "false" ? "DISABLED" : "ENABLED"},
      {"Target", std::move(target)}};
  if (const auto zone = service.text(settings, "timezone")) properties["ScheduleExpressionTimezone"] = *zone;
  if (const auto text = service.text(settings, "description")) properties["Description"] = *text;
  if (const json::value* name = rule.if_contains("Name")) properties["Name"] = *name;
  for (const std::string& id : {role_id, logical_id}) service.places[id] = settings.place;
  service.resources[role_id] = std::move(role);
  service.resources[logical_id] =
      json::object{{"Type", "AWS::Scheduler::Schedule"}, {"Properties", std::move(properties)}};
}

void deployLayer(Service& service, const std::string& logical_id, const std::string& name, const std::string& path,
                 Tree& layer) {
  json::object properties{{"LayerName", name}, {"Content", path}};
  constexpr std::array<std::pair<const char*, const char*>, 4> kSettings = {
      {{"description", "Description"},
       {"licenseInfo", "LicenseInfo"},
       {"compatibleRuntimes", "CompatibleRuntimes"},
       {"compatibleArchitectures", "CompatibleArchitectures"}}};
  for (const auto& [setting, property] : kSettings) {
    if (const Tree* value = service.whole(layer, setting)) properties[property] = jsonOf(*value);
  }
  service.resources[logical_id] =
      json::object{{"Type", "AWS::Lambda::LayerVersion"}, {"Properties", std::move(properties)}};
}

void deployFunction(Service& service, const ServiceFunction& function, Tree& tree, json::object& resource) {
  json::object& properties = resource["Properties"].as_object();
  properties["Role"] = roleOf(service, function, tree);
  copySettings(service, tree, properties);
  addTracing(service, function, tree, properties);
  addLogGroup(service, function, tree, resource);
  resource["Metadata"] = metadataOf(service, tree);
}

void deployRoles(Service& service) {
  json::array shared = statementsOfProvider(service);
  bool is_shared_used = false;
  for (const std::string& key : service.function_keys) {
    json::array& needed = service.needed_statements[key];
    const std::string own = normalizedName(key) + kSharedRole;
    json::value* role = service.resources.if_contains(own);
    const json::object* function = objectOf(service.resources, normalizedName(key) + "LambdaFunction");
    const json::object* properties = function ? objectOf(*function, "Properties") : nullptr;
    const json::value* used = properties ? memberOf(*properties, "Role") : nullptr;
    const bool uses_shared = used && *used == json::value(getAtt(kSharedRole, "Arn"));
    is_shared_used = is_shared_used || uses_shared;
    if (!role && !uses_shared) continue;  // it has a role that is there already
    json::array& statements = role ? statementsIn(role->as_object()) : shared;
    for (json::value& statement : needed) {
      for (json::value& resource : statement.as_object()["Resource"].as_array()) nameFunctions(service, resource);
      statements.push_back(std::move(statement));
    }
  }
  if (!is_shared_used) return;
  const std::string stage = service.inputs.stage;
  json::object role = roleResource(service, service.name + "-" + stage + "-lambda", std::move(shared));
  const Tree* name = ofRole(service, "name", "iamRoleName");
  role["Properties"].as_object()["RoleName"] =
      name ? jsonOf(*name) : json::value(service.name + "-" + stage + "-" + service.inputs.region + "-lambdaRole");
  service.resources[kSharedRole] = std::move(role);
}

}  // namespace ddblog::templates::serverless
