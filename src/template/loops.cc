// Fn::ForEach and Fn::Transform: members of a map that make other members (intrinsics.h).
// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html
#include <algorithm>
#include <cctype>

#include "template/include.h"
#include "template/intrinsics.h"

namespace ddblog::templates {

namespace {

void replaceAll(std::string& text, const std::string& what, const std::string& with) {
  for (std::size_t place = 0; (place = text.find(what, place)) != std::string::npos; place += with.size()) {
    text.replace(place, what.size(), with);
  }
}

// One turn of a loop: the identifier's value in place of ${Identifier}, &{Identifier} (letters and
// digits only) and {"Ref": "Identifier"}.
class Turn {
 public:
  Turn(const std::string& identifier, const std::string& value) : identifier_(identifier), value_(value) {
    plain_ = value;
    std::erase_if(plain_, [](unsigned char c) { return !std::isalnum(c); });
  }

  std::string in(std::string text) const {
    replaceAll(text, "${" + identifier_ + "}", value_);
    replaceAll(text, "&{" + identifier_ + "}", plain_);
    return text;
  }

  Node in(const Node& node) const {
    const Node::Member* function = node.function();
    if (function && function->name == "Ref" && function->value.text == identifier_) {
      return Node::ofText(value_, node.place);
    }
    Node made(node.kind, node.place);
    made.text = in(node.text);
    for (const Node& element : node.elements) made.elements.push_back(in(element));
    for (const Node::Member& member : node.members) made.add(in(member.name), in(member.value));
    return made;
  }

 private:
  const std::string& identifier_;
  const std::string& value_;
  std::string plain_;
};

bool makesMembers(const Node::Member& member) {
  return member.name.starts_with("Fn::ForEach::") || member.name == "Fn::Transform";
}

}  // namespace

void Intrinsics::expand(Node& section) {
  if (std::ranges::none_of(section.members, makesMembers)) return;
  Node expanded = Node::ofMap(section.place);
  for (const Node::Member& member : section.members) {
    try {
      expandMember(member, expanded);
    } catch (const TemplateError& e) {
      shared_.findings.error(e.place.line > 0 ? e.place : member.value.place, e.what());
    }
  }
  section.members = std::move(expanded.members);
}

void Intrinsics::expandMember(const Node::Member& member, Node& into) {
  if (member.name.starts_with("Fn::ForEach::")) return expandForEach(member, into);
  if (member.name != "Fn::Transform") return into.set(member.name, member.value);
  const auto include = [&](const Node& macro) {
    for (Node::Member& one : includedFile(macro, directory_, shared_).members) into.set(one.name, std::move(one.value));
  };
  if (member.value.isList()) {
    for (const Node& macro : member.value.elements) include(macro);
  } else {
    include(member.value);
  }
}

void Intrinsics::expandForEach(const Node::Member& loop, Node& into) {
  const std::vector<Node>& parts = loop.value.elements;
  if (parts.size() != 3 || !parts[0].isScalar() || !parts[2].isMap()) {
    throw TemplateError(loop.name + " must be a list of an identifier, a collection and a map", loop.value.place);
  }
  const Node collection = list(parts[1], loop.name);
  const std::size_t nodes = parts[2].count();
  for (const Node& value : collection.elements) {
    if (!value.isScalar()) throw TemplateError(loop.name + ": each value must be a string", loop.value.place);
    countNodes(nodes, loop.value.place);
    const Node turn = Turn(parts[0].text, value.text).in(parts[2]);
    for (const Node::Member& member : turn.members) expandMember(member, into);
  }
}

}  // namespace ddblog::templates
