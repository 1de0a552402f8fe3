#include "aws/xml.h"

#include <pugixml.hpp>
#include <stdexcept>

namespace ddblog::aws {
namespace {

constexpr int kDeepest = 64;  // ours; AWS's answers are less than 12 deep

XmlElement treeOf(const pugi::xml_node& node, int depth) {
  const std::string_view name = node.name();
  const std::size_t colon = name.find(':');
  XmlElement element{std::string(colon == std::string_view::npos ? name : name.substr(colon + 1)), node.text().get()};
  if (depth == kDeepest) return element;
  for (const pugi::xml_node& child : node.children()) {
    if (child.type() == pugi::node_element) element.children.push_back(treeOf(child, depth + 1));
  }
  return element;
}

}  // namespace

const XmlElement* XmlElement::find(std::string_view child) const {
  for (const XmlElement& one : children) {
    if (one.name == child) return &one;
  }
  return nullptr;
}

std::string XmlElement::textOf(std::string_view child) const {
  const XmlElement* found = find(child);
  return found ? found->text : std::string();
}

const std::vector<XmlElement>& XmlElement::listOf(std::string_view child) const {
  static const std::vector<XmlElement> kNone;
  const XmlElement* found = find(child);
  return found ? found->children : kNone;
}

XmlElement parseXml(std::string_view text) {
  pugi::xml_document document;
  const pugi::xml_parse_result result = document.load_buffer(text.data(), text.size(), pugi::parse_default);
  if (!result) throw std::invalid_argument(std::string("not XML: ") + result.description());
  return treeOf(document.document_element(), 0);
}

}  // namespace ddblog::aws
