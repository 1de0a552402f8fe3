#include "deploy/aws/template_body.h"

namespace ddblog::deploy {

namespace {

using templates::Node;

json::value bodyOf(const Node& node) {
  if (node.isList()) {
    json::array list;
    for (const Node& element : node.elements) list.push_back(bodyOf(element));
    return list;
  }
  if (node.isMap()) return templateBody(node);
  json::value scalar = node.toJson();
  if (scalar.is_number() && templates::scalarText(scalar) != node.text) return json::value(node.text);
  return scalar;
}

void indent(const json::value& value, const std::string& margin, std::string& text) {
  const std::string inner = margin + "  ";
  if (const json::object* map = value.if_object(); map && !map->empty()) {
    const char* before = "{\n";
    for (const auto& member : *map) {
      text += before + inner + json::serialize(json::value(member.key())) + ": ";
      indent(member.value(), inner, text);
      before = ",\n";
    }
    text += "\n" + margin + "}";
  } else if (const json::array* list = value.if_array(); list && !list->empty()) {
    const char* before = "[\n";
    for (const json::value& element : *list) {
      text += before + inner;
      indent(element, inner, text);
      before = ",\n";
    }
    text += "\n" + margin + "]";
  } else {
    text += json::serialize(value);
  }
}

}  // namespace

json::object templateBody(const Node& document) {
  json::object body;
  for (const Node::Member& member : document.members) body.insert_or_assign(member.name, bodyOf(member.value));
  return body;
}

void removeGlobalCode(json::object& body) {
  json::value* globals = body.if_contains("Globals");
  json::value* function = globals && globals->is_object() ? globals->get_object().if_contains("Function") : nullptr;
  if (function && function->is_object()) function->get_object().erase("CodeUri");
}

std::string indentedJson(const json::value& value) {
  std::string text;
  indent(value, "", text);
  return text + "\n";
}

}  // namespace ddblog::deploy
