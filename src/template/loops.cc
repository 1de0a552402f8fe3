// Fn::ForEach and Fn::Transform: members of a map that make other members (intrinsics.h).
// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html
#include <algorithm>
#include <cctype>

#include "template/include.h"
#include "template/intrinsics.h"

namespace ddblog::templates {

namespace {

// One turn of a loop: the identifier's value in place of ${Identifier}, &{Identifier} (letters and
// digits only) and {"Ref": "Identifier"}.
class Turn {
 public:
  using Limit = std::function<void(const std::string& text)>;

  // Both throw at a limit. `check` is called with a text that grows, `count` with one that is made.
  Turn(const std::string& identifier, const std::string& value, Limit check, Limit count)
      : identifier_(identifier), value_(value), check_(std::move(check)), count_(std::move(count)) {
    plain_ = value;
    std::erase_if(plain_, [](unsigned char c) { return !std::isalnum(c); });
  }

  std::string in(const std::string& text) const {
    return replaced(replaced(text, "${" + identifier_ + "}", value_), "&{" + identifier_ + "}", plain_);
  }

  Node in(const Node& node) const {
    const Node::Member* function = node.function();
    if (function && function->name == "Ref" && function->value.text == identifier_) {
      count_(value_);
      return Node::ofText(value_, node.place);
    }
    Node made(node.kind, node.place);
    made.text = in(node.text);
    for (const Node& element : node.elements) made.elements.push_back(in(element));
    for (const Node::Member& member : node.members) made.add(in(member.name), in(member.value));
    return made;
  }

 private:
  std::string replaced(const std::string& text, const std::string& what, const std::string& with) const {
    std::string result;
    std::size_t from = 0;
    for (std::size_t place; (place = text.find(what, from)) != std::string::npos; from = place + what.size()) {
      result.append(text, from, place - from).append(with);
      check_(result);
    }
    result.append(text, from);
    count_(result);
    return result;
  }

  const std::string& identifier_;
  const std::string& value_;
  const Limit check_;
  const Limit count_;
  std::string plain_;
};

bool makesMembers(const Node::Member& member) {
  return member.name.starts_with("Fn::ForEach::") || member.name == "Fn::Transform";
}

}  // namespace

// The members that are made; of a name that is made twice the last one counts.
class Intrinsics::Expansion {
 public:
  void set(const std::string& name, Node value) {
    const auto [known, is_new] = index_.emplace(name, members_.size());
    if (is_new) {
      members_.push_back({name, std::move(value)});
    } else {
      members_[known->second].value = std::move(value);
    }
  }
  std::vector<Node::Member> take() { return std::move(members_); }

 private:
  std::vector<Node::Member> members_;
  std::unordered_map<std::string, std::size_t> index_;
};

void Intrinsics::expand(Node& section) {
  if (std::ranges::none_of(section.members, makesMembers)) return;
  Expansion expansion;
  for (const Node::Member& member : section.members) {
    try {
      expandMember(member, expansion);
    } catch (const TemplateError& e) {
      shared_.findings.error(e.place.line > 0 ? e.place : member.value.place, e.what());
    }
  }
  section.members = expansion.take();
}

Node Intrinsics::expanded(const Node::Member& member, Place place) {
  Expansion expansion;
  expandMember(member, expansion);
  Node map = Node::ofMap(place);
  map.members = expansion.take();
  return map;
}

void Intrinsics::expandMember(const Node::Member& member, Expansion& into) {
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

void Intrinsics::expandForEach(const Node::Member& loop, Expansion& into) {
  const std::vector<Node>& parts = loop.value.elements;
  if (parts.size() != 3 || !parts[0].isScalar() || !parts[2].isMap()) {
    throw TemplateError(loop.name + " must be a list of an identifier, a collection and a map", loop.value.place);
  }
  const Node collection = list(parts[1], loop.name);
  const std::size_t nodes = parts[2].count();
  for (const Node& value : collection.elements) {
    if (!value.isScalar()) throw TemplateError(loop.name + ": each value must be a string", loop.value.place);
    countNodes(nodes, loop.value.place);
    const auto count = [&](const std::string& text) { countBytes(text.size(), loop.value.place); };
    const Node turn = Turn(parts[0].text, value.text, checkLength, count).in(parts[2]);
    for (const Node::Member& member : turn.members) expandMember(member, into);
  }
}

}  // namespace ddblog::templates
