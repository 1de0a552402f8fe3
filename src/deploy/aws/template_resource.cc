#include "deploy/aws/template_resource.h"

namespace ddblog::deploy {

namespace fs = std::filesystem;
using templates::Node;

std::string typeOf(const Node& resource) {
  const Node* type = resource.given("Type");
  return type ? type->text : "";
}

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

bool isAddress(std::string_view text) {
  return text.starts_with("s3://") || text.starts_with("https://") || text.starts_with("http://");
}

std::string localPath(const std::optional<Node>& property) {
  return property && property->isScalar() && !isAddress(property->text) ? property->text : "";
}

fs::path localFile(const fs::path& directory, const std::string& path) {
  const fs::path file = (directory / path).lexically_normal();
  return file.has_filename() ? file : file.parent_path();
}

json::object& propertiesOf(json::object& declared) {
  json::value& properties = declared["Properties"];
  if (!properties.is_object()) properties.emplace_object();
  return properties.get_object();
}

}  // namespace ddblog::deploy
