#include "deploy/aws/file_uploads.h"

#include "deploy/aws/local_files.h"
#include "deploy/aws/template_resource.h"
#include "template/outside.h"

namespace ddblog::deploy {

namespace {

namespace fs = std::filesystem;

// The member of a map at "Command.ScriptLocation"; nullptr: there is none.
json::value* memberAt(json::object& map, std::string_view path) {
  const std::size_t point = path.find('.');
  json::value* member = map.if_contains(path.substr(0, point));
  if (!member || point == std::string_view::npos) return member;
  return member->is_object() ? memberAt(member->get_object(), path.substr(point + 1)) : nullptr;
}

// Returns whether the file was a local one.
bool uploadInclude(const fs::path& directory, json::object& macro, Artifacts& artifacts) {
  json::value* parameters = macro.if_contains("Parameters");
  json::value* location =
      parameters && parameters->is_object() ? parameters->get_object().if_contains("Location") : nullptr;
  if (!location || !location->is_string() || isAddress(location->get_string())) return false;
  const fs::path file = (directory / std::string(location->get_string())).lexically_normal();
  *location = artifacts.uri(artifacts.addText(templates::readTextFile(file), "template", file.filename().string()));
  return true;
}

}  // namespace

void uploadFiles(const fs::path& directory, const std::string& id, const std::string& type, json::object& declared,
                 Artifacts& artifacts) {
  for (const FileProperty& file : fileProperties()) {
    if (file.type != type) continue;
    json::value* property = memberAt(propertiesOf(declared), file.path);
    if (!property || !property->is_string() || isAddress(property->get_string())) continue;
    const fs::path path = (directory / std::string(property->get_string())).lexically_normal();
    const std::string ending = path.extension().empty() ? "file" : path.extension().string().substr(1);
    const std::string key = artifacts.addText(templates::readTextFile(path), ending, id);
    if (file.bucket.empty()) {
      *property = artifacts.uri(key);
    } else {
      *property = json::object{{file.bucket, artifacts.bucket()}, {file.key, key}};
    }
  }
}

bool uploadIncludes(const fs::path& directory, json::value& value, Artifacts& artifacts) {
  bool found = false;
  if (json::array* list = value.if_array()) {
    for (json::value& element : *list) found = uploadIncludes(directory, element, artifacts) || found;
  }
  json::object* map = value.if_object();
  if (!map) return found;
  const json::value* name = map->if_contains("Name");
  if (name && name->is_string() && name->get_string() == "AWS::Include") {
    found = uploadInclude(directory, *map, artifacts) || found;
  }
  for (auto& member : *map) found = uploadIncludes(directory, member.value(), artifacts) || found;
  return found;
}

}  // namespace ddblog::deploy
