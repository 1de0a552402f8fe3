#include "deploy/aws/uploaded_template.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/json_fields.h"
#include "deploy/aws/application_document.h"
#include "deploy/aws/file_uploads.h"
#include "deploy/aws/template_body.h"
#include "deploy/aws/template_resource.h"
#include "template/include.h"
#include "template/yaml.h"

namespace ddblog::deploy {

namespace {

namespace fs = std::filesystem;
using templates::Node;

constexpr std::string_view kHiddenValue = "****";  // what CloudFormation shows of a parameter with NoEcho

// Types of IAM, and the property that names one.
constexpr std::pair<std::string_view, std::string_view> kNamedIam[] = {
    {"AWS::IAM::Role", "RoleName"},
    {"AWS::IAM::User", "UserName"},
    {"AWS::IAM::Group", "GroupName"},
    {"AWS::IAM::ManagedPolicy", "ManagedPolicyName"},
    {"AWS::IAM::InstanceProfile", "InstanceProfileName"}};

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
      pseudo_(pseudoParametersOf(request)),
      outside_(outsideOf(request)),
      shared_{pseudo_, outside_, findings_},
      code_(request, package, artifacts),
      tables_(package, findings) {}

json::object TemplateUploader::upload(const Node& document, const fs::path& file,
                                      std::map<std::string, std::string> parameters) {
  const Node* known = document.given("Parameters");
  for (const auto& [name, value] : request_.stack_parameters) {
    if (known && known->given(name) && name != kStageParameter && value != kHiddenValue)
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
  TemplateUpload of{stack, body, directory, parameters, is_nested};
  for (const Node::Member& resource : stack.resources().members) {
    json::value* declared = resources.if_contains(resource.name);
    if (!declared || !declared->is_object()) continue;
    takeResource(of, resource.name, resource.value, declared->get_object());
  }
  CodeUploads::checkSizes(of);
  removeGlobalCode(body);
  json::value whole(std::move(body));
  if (uploadIncludes(directory, whole, artifacts_)) package_.is_sam = true;
  return std::move(whole.get_object());
}

void TemplateUploader::takeResource(TemplateUpload& of, const std::string& id, const Node& resource,
                                    json::object& declared) {
  const std::string type = typeOf(resource);
  if (type == "AWS::Serverless::Function" || type == "AWS::Lambda::Function") {
    code_.takeFunction(of, id, resource, declared);
  }
  if (type == "AWS::Serverless::LayerVersion" || type == "AWS::Lambda::LayerVersion") {
    code_.takeLayer(of, id, resource, declared);
  }
  if (declaresTable(type)) tables_.take(of, id, resource, declared);
  if (type == "AWS::CloudFormation::Stack" || type == "AWS::Serverless::Application") {
    takeNested(of, id, resource, declared);
  }
  for (const auto& [of_iam, name] : kNamedIam) {
    const json::object* properties = objectOf(declared, "Properties");
    if (type == of_iam && properties && properties->contains(name)) package_.needs_named_iam = true;
  }
  uploadFiles(of.directory, id, type, declared, artifacts_);
}

void TemplateUploader::takeNested(TemplateUpload& of, const std::string& id, const Node& resource,
                                  json::object& declared) {
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

}  // namespace ddblog::deploy
