#include "template/node.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace ddblog::templates {

Node Node::ofText(std::string text, Place place) {
  Node node(Kind::kText, place);
  node.text = std::move(text);
  return node;
}

Node Node::ofJson(const json::value& value, Place place) {
  if (value.is_string()) return ofText(std::string(value.get_string()), place);
  if (value.is_null()) return {Kind::kNull, place};
  if (const json::array* list = value.if_array()) {
    Node node(Kind::kList, place);
    node.elements.reserve(list->size());
    for (const json::value& element : *list) node.elements.push_back(ofJson(element, place));
    return node;
  }
  if (const json::object* map = value.if_object()) {
    Node node(Kind::kMap, place);
    node.members.reserve(map->size());
    for (const auto& member : *map) node.add(std::string(member.key()), ofJson(member.value(), place));
    return node;
  }
  Node node(Kind::kPlain, place);
  node.text = scalarText(value);
  return node;
}

const Node* Node::find(std::string_view name) const {
  const auto found = std::ranges::find(members, name, &Member::name);
  return found == members.end() ? nullptr : &found->value;
}

const Node* Node::given(std::string_view name) const {
  const Node* found = find(name);
  return found && found->isNull() ? nullptr : found;
}

void Node::add(std::string name, Node value) { members.push_back({std::move(name), std::move(value)}); }

void Node::set(std::string_view name, Node value) {
  const auto found = std::ranges::find(members, name, &Member::name);
  if (found == members.end()) return add(std::string(name), std::move(value));
  found->value = std::move(value);
}

const Node::Member* Node::function() const {
  if (members.size() != 1) return nullptr;
  const Member& member = members.front();
  return member.name == "Ref" || member.name.starts_with("Fn::") ? &member : nullptr;
}

json::value Node::toJson() const {
  switch (kind) {
    case Kind::kNull:
      return nullptr;
    case Kind::kPlain:
      return plainScalar(text);
    case Kind::kText:
      return json::value(text);
    case Kind::kList: {
      json::array list;
      list.reserve(elements.size());
      for (const Node& element : elements) list.push_back(element.toJson());
      return list;
    }
    case Kind::kMap:
      break;
  }
  json::object map;
  map.reserve(members.size());
  for (const Member& member : members) map.insert_or_assign(member.name, member.value.toJson());
  return map;
}

std::size_t Node::count() const {
  std::size_t nodes = 1;
  for (const Node& element : elements) nodes += element.count();
  for (const Member& member : members) nodes += member.value.count();
  return nodes;
}

std::size_t Node::bytes() const {
  std::size_t bytes = text.size();
  for (const Node& element : elements) bytes += element.bytes();
  for (const Member& member : members) bytes += member.name.size() + member.value.bytes();
  return bytes;
}

json::value plainScalar(const std::string& text) {
  if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL") return nullptr;
  if (text == "true" || text == "True" || text == "TRUE") return true;
  if (text == "false" || text == "False" || text == "FALSE") return false;
  const std::string_view digits = text[0] == '-' ? std::string_view(text).substr(1) : std::string_view(text);
  const bool number = !digits.empty() && digits.find_first_not_of("0123456789.") == std::string_view::npos &&
                      digits[0] != '.' && (digits[0] != '0' || digits.size() == 1 || digits[1] == '.');
  if (!number) return json::value(text);
  const char* end = text.data() + text.size();
  std::int64_t integer = 0;
  if (auto [rest, error] = std::from_chars(text.data(), end, integer); error == std::errc() && rest == end)
    return integer;
  double real = 0;
  if (auto [rest, error] = std::from_chars(text.data(), end, real); error == std::errc() && rest == end) return real;
  return json::value(text);
}

std::string scalarText(const json::value& scalar) {
  if (scalar.is_null()) return "";
  if (scalar.is_string()) return std::string(scalar.get_string());
  if (!scalar.is_double()) return json::serialize(scalar);
  const double number = scalar.get_double();
  const double size = std::abs(number);
  const bool is_usual = size == 0 || (size >= 1e-6 && size < 1e21);
  char digits[64];
  const auto end = std::to_chars(digits, digits + sizeof digits, number,
                                 is_usual ? std::chars_format::fixed : std::chars_format::scientific);
  return std::string(digits, end.ptr);
}

std::string jsonText(const json::value& value) {
  std::string text;
  if (const json::array* list = value.if_array()) {
    for (const json::value& element : *list) text += (text.empty() ? "" : ",") + jsonText(element);
    return "[" + text + "]";
  }
  if (const json::object* map = value.if_object()) {
    for (const auto& member : *map) {
      text += (text.empty() ? "" : ",") + json::serialize(member.key()) + ":" + jsonText(member.value());
    }
    return "{" + text + "}";
  }
  return value.is_double() ? scalarText(value) : json::serialize(value);
}

}  // namespace ddblog::templates
