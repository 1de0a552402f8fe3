#include "template/serverless/document.h"

#include <map>
#include <string>

namespace ddblog::templates::serverless {

namespace {

void setPlace(Node& node, templates::Place place) {
  node.place = place;
  for (Node& element : node.elements) setPlace(element, place);
  for (Node::Member& member : node.members) setPlace(member.value, place);
}

}  // namespace

Node documentOf(const Translation& service, const std::filesystem::path& name, std::uint32_t file, Findings& findings) {
  Node document = Node::ofJson(service.document, {0, file});
  std::map<std::string, std::uint32_t> files = {{name.string(), file}};
  for (Node::Member& section : document.members) {
    if (section.name != "Resources") continue;
    for (Node::Member& resource : section.value.members) {
      const auto place = service.places.find(resource.name);
      if (place == service.places.end() || !place->second.file) continue;
      const auto [known, is_new] = files.try_emplace(*place->second.file);
      if (is_new) known->second = findings.addFile(known->first);
      setPlace(resource.value, {static_cast<std::uint32_t>(place->second.line), known->second});
    }
  }
  return document;
}

}  // namespace ddblog::templates::serverless
