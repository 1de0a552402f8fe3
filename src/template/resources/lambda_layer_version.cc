// AWS::Lambda::LayerVersion and AWS::Serverless::LayerVersion: a local directory, which is on the
// paths of the functions that name the layer.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-lambda-layerversion.html,
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-layerversion.html
#include "template/resource.h"

namespace ddblog::templates {

namespace {

namespace fs = std::filesystem;

// Notes what of the layer AWS or we do not find. A directory that is not built for Python or Node.js
// stands for its python/ or nodejs/ folder (services/lambda/host/runtimes.h).
void checkFolders(Reading& reading, const Resource& resource, const fs::path& directory, const Node* metadata) {
  std::error_code unknown;
  for (const char* folder : {"bin", "lib", "nodejs", "python"}) {
    if (fs::is_directory(directory / folder, unknown)) return;
  }
  const Node* method = metadata ? metadata->given("BuildMethod") : nullptr;
  const std::string built_by = method && method->isScalar() ? method->text : "";
  if (built_by.starts_with("python") || built_by.starts_with("nodejs")) return;
  const std::string what = built_by.empty()
                               ? " has no folder bin, lib, nodejs or python: functions in AWS find no modules"
                               : " is not built (BuildMethod: " + built_by + "): run `sam build`";
  reading.findings.note(resource.place(), resource.logical_id + ": the layer " + directory.string() + what);
}

void addLayer(Reading& reading, const Resource& resource, const char* content) {
  const Node* given = resource.properties.find(content);
  const Node* metadata = resource.declaration.given("Metadata");
  const Node* asset = metadata ? metadata->given("aws:asset:path") : nullptr;
  if (asset && asset->isScalar()) given = asset;
  const bool is_local = given && given->isScalar() && given->text.find("://") == std::string::npos;
  const fs::path directory = is_local ? (reading.directory / given->text).lexically_normal() : "";
  std::error_code unknown;
  if (!is_local || !fs::is_directory(directory, unknown)) {
    reading.findings.note(resource.place(),
                          resource.logical_id + ": " +
                              (is_local ? directory.string() + " is no directory" : "its content is not local") +
                              ": its files are not on the functions' paths");
    return;
  }
  checkFolders(reading, resource, directory, metadata);
  reading.collected.layers[reading.intrinsics.arn(resource.logical_id)] = directory;
}

void readLayerVersion(Reading& reading, const Resource& resource) { addLayer(reading, resource, "Content"); }
void readServerlessLayerVersion(Reading& reading, const Resource& resource) {
  addLayer(reading, resource, "ContentUri");
}

}  // namespace

extern const ResourceType kLayerVersion;
extern const ResourceType kServerlessLayerVersion;
const ResourceType kLayerVersion{"AWS::Lambda::LayerVersion", readLayerVersion};
const ResourceType kServerlessLayerVersion{"AWS::Serverless::LayerVersion", readServerlessLayerVersion};

}  // namespace ddblog::templates
