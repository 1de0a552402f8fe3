#include "deploy/aws/uploaded_template.h"

#include <algorithm>
#include <array>

#include "base/json_fields.h"
#include "deploy/aws/local_files.h"
#include "deploy/aws/template_body.h"
#include "deploy/package/package_error.h"
#include "template/include.h"
#include "template/sam_names.h"
#include "template/yaml.h"

namespace ddblog::deploy {

namespace {

namespace fs = std::filesystem;
using templates::Node;

constexpr std::string_view kGivenStage = "Stage";
constexpr std::string_view kHiddenValue = "****";  // what CloudFormation shows of a parameter with NoEcho

// Types of IAM, and the property that names one.
constexpr std::pair<std::string_view, std::string_view> kNamedIam[] = {
    {"AWS::IAM::Role", "RoleName"},
    {"AWS::IAM::User", "UserName"},
    {"AWS::IAM::Group", "GroupName"},
    {"AWS::IAM::ManagedPolicy", "ManagedPolicyName"},
    {"AWS::IAM::InstanceProfile", "InstanceProfileName"}};

std::string typeOf(const Node& resource) {
  const Node* type = resource.given("Type");
  return type ? type->text : "";
}

bool isAddress(std::string_view text) {
  return text.starts_with("s3://") || text.starts_with("https://") || text.starts_with("http://");
}

json::object& propertiesOf(json::object& declared) {
  json::value& properties = declared["Properties"];
  if (!properties.is_object()) properties.emplace_object();
  return properties.get_object();
}

// A member of Metadata.DynamodbLog, or of Metadata itself.
const Node* metadataOf(const Node& resource, const char* section, const char* name) {
  const Node* metadata = resource.given("Metadata");
  const Node* inner = metadata && *section ? metadata->given(section) : metadata;
  return inner ? inner->given(name) : nullptr;
}

std::string metadataText(const Node& resource, const char* section, const char* name) {
  const Node* found = metadataOf(resource, section, name);
  return found && found->isScalar() ? found->text : "";
}

std::vector<std::string> excludesOf(const Node& resource) {
  std::vector<std::string> patterns;
  const Node* given = metadataOf(resource, "DynamodbLog", "Exclude");
  if (!given) return patterns;
  if (given->isScalar()) patterns.push_back(given->text);
  for (const Node& pattern : given->elements) patterns.push_back(pattern.text);
  return patterns;
}

// The directory or archive that a property names; empty: nothing here. `node` is evaluated.
std::string localPath(const std::optional<Node>& node) {
  return node && node->isScalar() && !isAddress(node->text) ? node->text : "";
}

// A path of the template, without the "/" at its end.
fs::path localFile(const fs::path& directory, const std::string& path) {
  const fs::path file = (directory / path).lexically_normal();
  return file.has_filename() ? file : file.parent_path();
}

// The member of a map at "Command.ScriptLocation"; nullptr: there is none.
json::value* memberAt(json::object& map, std::string_view path) {
  const std::size_t point = path.find('.');
  json::value* member = map.if_contains(path.substr(0, point));
  if (!member || point == std::string_view::npos) return member;
  return member->is_object() ? memberAt(member->get_object(), path.substr(point + 1)) : nullptr;
}

// CDK's stacks check that `cdk bootstrap` has run, whose bucket and roles a deployment from here does not use.
void removeBootstrapCheck(json::object& body) {
  const json::object* parameters = objectOf(body, "Parameters");
  const json::object* version = parameters ? objectOf(*parameters, "BootstrapVersion") : nullptr;
  if (!version || !textOf(*version, "Default").starts_with("/cdk-bootstrap/")) return;
  body["Parameters"].as_object().erase("BootstrapVersion");
  if (body["Parameters"].as_object().empty()) body.erase("Parameters");
  json::value* rules = body.if_contains("Rules");
  if (!rules || !rules->is_object()) return;
  rules->get_object().erase("CheckBootstrapVersion");
  if (rules->get_object().empty()) body.erase("Rules");
}

bool hasLoop(const json::object& resources) {
  return std::ranges::any_of(resources, [](const auto& member) { return member.key().starts_with("Fn::ForEach::"); });
}

}  // namespace

TemplateUploader::TemplateUploader(const PackageRequest& request, ApplicationPackage& package, Artifacts& artifacts,
                                   templates::Findings& findings)
    : request_(request),
      package_(package),
      artifacts_(artifacts),
      findings_(findings),
      shared_{pseudo_, outside_, findings_} {
  pseudo_.region = request.region;
  pseudo_.account_id = request.account;
  pseudo_.stack_name = request.stack_name;
  outside_.stage = request.stage;
  outside_.is_stage_given = true;
}

void TemplateUploader::note(templates::Place place, const std::string& what) {
  package_.notes.push_back(findings_.at(place) + what);
}

json::object TemplateUploader::upload(const Node& document, const fs::path& file,
                                      std::map<std::string, std::string> parameters) {
  const Node* known = document.given("Parameters");
  for (const auto& [name, value] : request_.stack_parameters) {
    if (known && known->given(name) && name != kGivenStage && value != kHiddenValue)
      parameters.try_emplace(name, value);
  }
  json::object body = uploaded(document, file, parameters, false);
  if (const json::object* declared = objectOf(body, "Parameters")) {
    for (const auto& parameter : *declared) package_.parameters.emplace_back(parameter.key());
  }
  return body;
}

json::object TemplateUploader::uploaded(const Node& document, const fs::path& file,
                                        const std::map<std::string, std::string>& parameters, bool is_nested) {
  const fs::path directory = fs::absolute(file).parent_path();
  json::object body = templateBody(document);
  removeBootstrapCheck(body);
  templates::Stack stack(document, parameters, shared_, directory, "");
  if (body.contains("Transform")) package_.is_sam = true;
  json::object& resources = body["Resources"].as_object();
  if (hasLoop(resources)) resources = templateBody(stack.resources());
  Template of{stack, body, directory, parameters, is_nested};
  std::map<std::string, const CodePackage*> outer_layers = std::exchange(layers_, {});
  std::map<std::string, const CodePackage*> outer_functions = std::exchange(functions_, {});
  for (const Node::Member& resource : stack.resources().members) {
    json::value* declared = resources.if_contains(resource.name);
    if (!declared || !declared->is_object()) continue;
    takeResource(of, resource.name, resource.value, declared->get_object());
  }
  checkSizes(of);
  layers_ = std::move(outer_layers);
  functions_ = std::move(outer_functions);
  removeGlobalCode(body);
  json::value whole(std::move(body));
  includeFiles(of, whole);
  return std::move(whole.get_object());
}

void TemplateUploader::takeResource(Template& of, const std::string& id, const Node& resource, json::object& declared) {
  const std::string type = typeOf(resource);
  if (type == "AWS::Serverless::Function" || type == "AWS::Lambda::Function") takeFunction(of, id, resource, declared);
  if (type == "AWS::Serverless::LayerVersion" || type == "AWS::Lambda::LayerVersion") {
    takeLayer(of, id, resource, declared);
  }
  if (type == "AWS::DynamoDB::Table" || type == "AWS::DynamoDB::GlobalTable" ||
      type == "AWS::Serverless::SimpleTable") {
    takeTable(of, id, resource, declared);
  }
  if (type == "AWS::CloudFormation::Stack" || type == "AWS::Serverless::Application") {
    takeNested(of, id, resource, declared);
  }
  for (const auto& [of_iam, name] : kNamedIam) {
    const json::object* properties = objectOf(declared, "Properties");
    if (type == of_iam && properties && properties->contains(name)) package_.needs_named_iam = true;
  }
  takeFiles(of, id, type, declared);
}

FunctionCode TemplateUploader::codeOf(Template& of, const std::string& id, const Node& resource, const fs::path& code) {
  templates::Intrinsics& intrinsics = of.stack.intrinsics();
  const auto textOf = [&](const char* name) -> std::string {
    const Node* property = templates::samProperty(intrinsics, resource, name);
    return property ? intrinsics.text(*property, name) : "";
  };
  FunctionCode function;
  function.name = id;
  function.code = code;
  function.project_directory = of.directory;
  function.is_interrupted = request_.is_interrupted;
  function.is_trigger = metadataText(resource, "DynamodbLog", "BuiltIn") == "trigger";
  function.runtime = textOf("Runtime");
  if (function.runtime.empty() && function.is_trigger) function.runtime = kTriggerRuntime;
  function.handler = textOf("Handler");
  if (const Node* property = templates::samProperty(intrinsics, resource, "Architectures")) {
    const std::optional<Node> list = intrinsics.evaluate(*property);
    if (list && !list->elements.empty()) function.architecture = list->elements.front().text;
  }
  if (const std::string path = metadataText(resource, "DynamodbLog", "Bootstrap"); !path.empty()) {
    function.bootstrap = localFile(of.directory, path);
  }
  function.exclude = excludesOf(resource);
  function.exclude_dev_dependencies = metadataText(resource, "DynamodbLog", "ExcludeDevDependencies") == "true";
  if (metadataText(resource, "", "BuildMethod") == "esbuild") {
    const Node* properties = metadataOf(resource, "", "BuildProperties");
    function.esbuild = properties && properties->isMap() ? templateBody(*properties) : json::object();
  }
  return function;
}

const CodePackage& TemplateUploader::packed(const FunctionCode& function) {
  std::string made_of = function.code.string() + "\n" + function.runtime + "\n" + function.architecture + "\n" +
                        function.bootstrap.string() + "\n" + (function.is_trigger ? "trigger" : "") + "\n";
  for (const std::string& pattern : function.exclude) made_of += pattern + "\n";
  if (function.exclude_dev_dependencies) made_of += "without dev\n";
  if (function.esbuild) made_of += function.handler + "\n" + json::serialize(*function.esbuild);
  const auto known = packages_.find(made_of);
  if (known != packages_.end()) return known->second;
  const CodePackage& package = packages_.emplace(made_of, packageFunction(function)).first->second;
  for (const std::string& text : package.notes) package_.notes.push_back("function " + function.name + ": " + text);
  return package;
}

void TemplateUploader::takeFunction(Template& of, const std::string& id, const Node& resource, json::object& declared) {
  templates::Intrinsics& intrinsics = of.stack.intrinsics();
  const bool is_sam = typeOf(resource) == "AWS::Serverless::Function";
  const auto has = [&](const char* name) { return templates::samProperty(intrinsics, resource, name) != nullptr; };
  if (has("InlineCode") || has("ImageUri")) return;
  if (const Node* kind = templates::samProperty(intrinsics, resource, "PackageType");
      kind && intrinsics.text(*kind, "PackageType") == "Image") {
    return;
  }
  const char* property = is_sam ? "CodeUri" : "Code";
  std::string path = metadataText(resource, "", "aws:asset:path");
  if (path.empty()) {
    const Node* code = templates::samProperty(intrinsics, resource, property);
    const bool is_trigger = metadataText(resource, "DynamodbLog", "BuiltIn") == "trigger";
    path = code && !(code->isMap() && !code->function()) ? localPath(intrinsics.evaluate(*code)) : "";
    if (path.empty() && (code || !is_sam) && !is_trigger) return;
    if (path.empty() && !is_trigger) path = ".";
  }
  const fs::path code = path.empty() ? fs::path() : localFile(of.directory, path);
  const FunctionCode function = codeOf(of, id, resource, code);
  const CodePackage& package = packed(function);
  functions_[id] = &package;
  const std::string key = artifacts_.addCode(package, id);
  json::object& properties = propertiesOf(declared);
  if (is_sam) {
    properties["CodeUri"] = artifacts_.uri(key);
  } else {
    properties["Code"] = {{"S3Bucket", artifacts_.bucket()}, {"S3Key", key}};
  }
  if (!function.is_trigger) return;
  if (!has("Runtime")) properties["Runtime"] = kTriggerRuntime;
  if (!has("Handler")) properties["Handler"] = "trigger";
}

void TemplateUploader::takeLayer(Template& of, const std::string& id, const Node& resource, json::object& declared) {
  const bool is_sam = typeOf(resource) == "AWS::Serverless::LayerVersion";
  const char* property = is_sam ? "ContentUri" : "Content";
  const Node* given = resource.given("Properties");
  const Node* content = given ? given->given(property) : nullptr;
  std::string path = metadataText(resource, "", "aws:asset:path");
  if (path.empty() && content && !(content->isMap() && !content->function())) {
    path = localPath(of.stack.intrinsics().evaluate(*content));
  }
  if (path.empty()) return;
  const fs::path directory = localFile(of.directory, path);
  const CodePackage& package =
      packages_.emplace("layer " + id + " " + directory.string(), packageLayer(id, directory, excludesOf(resource)))
          .first->second;
  layers_[id] = &package;
  for (const std::string& text : package.notes) package_.notes.push_back("layer " + id + ": " + text);
  const std::string key = artifacts_.addCode(package, id);
  json::object& properties = propertiesOf(declared);
  if (is_sam) {
    properties["ContentUri"] = artifacts_.uri(key);
  } else {
    properties["Content"] = {{"S3Bucket", artifacts_.bucket()}, {"S3Key", key}};
  }
}

// Once all layers of the template are known.
void TemplateUploader::checkSizes(Template& of) {
  for (const auto& [id, package] : functions_) {
    std::vector<const CodePackage*> layers;
    const Node* resource = of.stack.intrinsics().resource(id);
    const Node* given = resource ? templates::samProperty(of.stack.intrinsics(), *resource, "Layers") : nullptr;
    for (const Node& layer : given ? given->elements : std::vector<Node>()) {
      const Node* name = layer.find("Ref");
      const auto known = name ? layers_.find(name->text) : layers_.end();
      if (known != layers_.end()) layers.push_back(known->second);
    }
    checkSize(id, *package, layers);
  }
}

void TemplateUploader::takeTable(Template& of, const std::string& id, const Node& resource, json::object& declared) {
  if (of.is_nested) return;  // CloudFormation takes over nothing into a nested stack
  const Node* policy = resource.given("DeletionPolicy");
  if (!policy || !policy->text.starts_with("Retain")) {
    note(resource.place,
         "the table " + id + " is deleted with its stack; DeletionPolicy: RetainExceptOnCreate keeps what is in it");
  }
  const Node* properties = resource.given("Properties");
  const Node* name = properties ? properties->given("TableName") : nullptr;
  if (!name || !name->isMap()) return;
  const std::size_t known = findings_.sorted().size();
  std::string literal;
  try {
    literal = of.stack.intrinsics().text(*name, "TableName");
  } catch (const templates::TemplateError& e) {
    throw PackageError(findings_.at(e.place.line > 0 ? e.place : name->place) + "the name of the table " + id + ": " +
                       e.what());
  }
  if (findings_.sorted().size() > known) {
    note(name->place, "the name of the table " + id +
                          " is known in AWS only, so a later stack cannot take the table over: give its parameters");
    return;
  }
  noteDefaults(of, id, *name);
  propertiesOf(declared)["TableName"] = literal;
}

// A stack keeps the values of its parameters, and the literal is made here: both must be the same.
void TemplateUploader::noteDefaults(const Template& of, const std::string& id, const Node& name) {
  const json::object* parameters = objectOf(of.body, "Parameters");
  const std::string text = json::serialize(templateBody(name));
  for (const auto& parameter : parameters ? *parameters : json::object()) {
    const std::string key(parameter.key());
    const bool is_used =
        text.find("\"Ref\":\"" + key + "\"") != std::string::npos || text.find("${" + key + "}") != std::string::npos;
    if (!is_used || key == kGivenStage || of.parameters.contains(key)) continue;
    note(name.place, "the name of the table " + id + " is made with the default of " + key +
                         ": if the stack has another value, give it with --parameter");
  }
}

void TemplateUploader::takeNested(Template& of, const std::string& id, const Node& resource, json::object& declared) {
  const bool is_sam = typeOf(resource) == "AWS::Serverless::Application";
  const char* property = is_sam ? "Location" : "TemplateURL";
  const Node* properties = resource.given("Properties");
  const Node* location = properties ? properties->given(property) : nullptr;
  package_.is_sam = package_.is_sam || is_sam;
  std::string path = metadataText(resource, "", "aws:asset:path");  // of CDK
  if (path.empty()) {
    if (!location || (location->isMap() && !location->function())) return;
    path = localPath(of.stack.intrinsics().evaluate(*location));
  }
  if (path.empty()) return;
  templates::countStack(shared_, resource.place);
  const fs::path file = (of.directory / path).lexically_normal();
  const Node document =
      templates::parseTemplateText(templates::readTextFile(file), findings_.addFile(file.string()), findings_);
  std::map<std::string, std::string> parameters;
  const Node* given = properties ? properties->given("Parameters") : nullptr;
  if (const std::optional<Node> values = given ? of.stack.intrinsics().evaluate(*given) : std::nullopt) {
    for (const Node::Member& parameter : values->members) {
      if (parameter.value.isScalar()) parameters[parameter.name] = parameter.value.text;
    }
  }
  const json::object body = uploaded(document, file, parameters, true);
  const std::string key = artifacts_.addText(json::serialize(body), "template", id);
  propertiesOf(declared)[property] = artifacts_.url(key);
}

void TemplateUploader::takeFiles(Template& of, const std::string& id, const std::string& type, json::object& declared) {
  for (const FileProperty& file : fileProperties()) {
    if (file.type != type) continue;
    json::value* property = memberAt(propertiesOf(declared), file.path);
    if (!property || !property->is_string() || isAddress(property->get_string())) continue;
    const fs::path path = (of.directory / std::string(property->get_string())).lexically_normal();
    const std::string ending = path.extension().empty() ? "file" : path.extension().string().substr(1);
    const std::string key = artifacts_.addText(templates::readTextFile(path), ending, id);
    if (file.bucket.empty()) {
      *property = artifacts_.uri(key);
    } else {
      *property = json::object{{file.bucket, artifacts_.bucket()}, {file.key, key}};
    }
  }
}

// AWS::Include of a local file, wherever it stands.
void TemplateUploader::includeFiles(Template& of, json::value& value) {
  if (json::array* list = value.if_array()) {
    for (json::value& element : *list) includeFiles(of, element);
  }
  json::object* map = value.if_object();
  if (!map) return;
  const json::value* name = map->if_contains("Name");
  if (name && name->is_string() && name->get_string() == "AWS::Include") includeFile(of, *map);
  for (auto& member : *map) includeFiles(of, member.value());
}

void TemplateUploader::includeFile(Template& of, json::object& macro) {
  json::value* parameters = macro.if_contains("Parameters");
  json::value* location =
      parameters && parameters->is_object() ? parameters->get_object().if_contains("Location") : nullptr;
  if (!location || !location->is_string() || isAddress(location->get_string())) return;
  package_.is_sam = true;  // it is a macro
  const fs::path file = (of.directory / std::string(location->get_string())).lexically_normal();
  *location = artifacts_.uri(artifacts_.addText(templates::readTextFile(file), "template", file.filename().string()));
}

}  // namespace ddblog::deploy
