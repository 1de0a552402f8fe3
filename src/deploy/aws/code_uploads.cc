#include "deploy/aws/code_uploads.h"

#include <optional>
#include <vector>

#include "deploy/aws/template_body.h"
#include "deploy/aws/template_resource.h"
#include "template/sam_names.h"

namespace ddblog::deploy {

namespace fs = std::filesystem;
using templates::Node;

FunctionCode CodeUploads::codeOf(TemplateUpload& of, const std::string& id, const Node& resource,
                                 const fs::path& code) const {
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

const CodePackage& CodeUploads::packed(const FunctionCode& function) {
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

void CodeUploads::takeFunction(TemplateUpload& of, const std::string& id, const Node& resource,
                               json::object& declared) {
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
  of.functions[id] = &package;
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

void CodeUploads::takeLayer(TemplateUpload& of, const std::string& id, const Node& resource, json::object& declared) {
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
  of.layers[id] = &package;
  for (const std::string& text : package.notes) package_.notes.push_back("layer " + id + ": " + text);
  const std::string key = artifacts_.addCode(package, id);
  json::object& properties = propertiesOf(declared);
  if (is_sam) {
    properties["ContentUri"] = artifacts_.uri(key);
  } else {
    properties["Content"] = {{"S3Bucket", artifacts_.bucket()}, {"S3Key", key}};
  }
}

void CodeUploads::checkSizes(const TemplateUpload& of) {
  for (const auto& [id, package] : of.functions) {
    std::vector<const CodePackage*> layers;
    const Node* resource = of.stack.intrinsics().resource(id);
    const Node* given = resource ? templates::samProperty(of.stack.intrinsics(), *resource, "Layers") : nullptr;
    for (const Node& layer : given ? given->elements : std::vector<Node>()) {
      const Node* name = layer.find("Ref");
      const auto known = name ? of.layers.find(name->text) : of.layers.end();
      if (known != of.layers.end()) layers.push_back(known->second);
    }
    checkSize(id, *package, layers);
  }
}

}  // namespace ddblog::deploy
