#include "template/serverless/tree.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <map>

#include "template/readable_yaml.h"

namespace ddblog::templates::serverless {

namespace {

// parseYaml decides what the values are. This adds the line of each, from the nodes beside them.
// Where the shapes differ (short tags, merges), a value gets the line of what contains it.
class PlaceFinder {
 public:
  explicit PlaceFinder(const std::string& name) : file_(std::make_shared<const std::string>(name)) {}

  Tree place(const json::value& value, const YAML::Node& node, int line) const {
    const bool is_known = node.IsDefined() && node.Mark().line >= 0;
    if (is_known) line = node.Mark().line + 1;
    Tree tree;
    tree.place = {file_, line};
    if (const json::object* object = value.if_object()) {
      tree.kind = Tree::Kind::kMap;
      placeMembers(*object, node, line, tree);
    } else if (const json::array* array = value.if_array()) {
      tree.kind = Tree::Kind::kList;
      const bool has_same_shape = is_known && node.IsSequence() && node.size() == array->size();
      for (std::size_t i = 0; i < array->size(); ++i) {
        tree.elements.push_back(place((*array)[i], has_same_shape ? node[i] : unknown(), line));
      }
    } else {
      tree.scalar = value;
    }
    return tree;
  }

 private:
  static YAML::Node unknown() { return YAML::Node(YAML::NodeType::Undefined); }

  void placeMembers(const json::object& object, const YAML::Node& node, int line, Tree& tree) const {
    std::map<std::string, YAML::Node> nodes;
    if (node.IsDefined() && node.IsMap()) {
      for (const auto& member : node) nodes.emplace(member.first.Scalar(), member.second);
    }
    const bool is_short_tag = node.IsDefined() && node.IsSequence();  // its argument has the node's shape
    for (const auto& member : object) {
      const auto found = nodes.find(std::string(member.key()));
      tree.members.emplace_back(member.key(), place(member.value(),
                                                    found != nodes.end() ? found->second
                                                    : is_short_tag       ? node
                                                                         : unknown(),
                                                    line));
    }
  }

  const std::shared_ptr<const std::string> file_;
};

template <typename Node>
auto* findMember(Node& tree, std::string_view name) {
  const auto found =
      std::ranges::find(tree.members, name, [](const auto& member) { return std::string_view(member.first); });
  return found == tree.members.end() ? nullptr : &found->second;
}

}  // namespace

Tree::Tree() = default;
Tree::Tree(const Tree&) = default;
Tree::Tree(Tree&&) noexcept = default;
Tree& Tree::operator=(const Tree&) = default;
Tree& Tree::operator=(Tree&&) noexcept = default;
Tree::~Tree() = default;

std::string Place::text() const { return file ? *file + ":" + std::to_string(line) : "the command line"; }

const Tree* Tree::find(std::string_view name) const { return findMember(*this, name); }
Tree* Tree::find(std::string_view name) { return findMember(*this, name); }

Tree& Tree::operator[](std::string_view name) {
  if (Tree* found = find(name)) return *found;
  kind = Kind::kMap;
  members.emplace_back(std::string(name), Tree());
  members.back().second.place = place;
  return members.back().second;
}

Tree textTree(std::string_view text, const Place& place) {
  Tree tree;
  tree.scalar = json::value(text);
  tree.place = place;
  return tree;
}

Tree treeOf(const json::value& value, const Place& place) {
  Tree tree;
  tree.place = place;
  if (const json::object* object = value.if_object()) {
    tree.kind = Tree::Kind::kMap;
    for (const auto& member : *object) tree.members.emplace_back(member.key(), treeOf(member.value(), place));
  } else if (const json::array* array = value.if_array()) {
    tree.kind = Tree::Kind::kList;
    for (const json::value& element : *array) tree.elements.push_back(treeOf(element, place));
  } else {
    tree.scalar = value;
  }
  return tree;
}

json::value jsonOf(const Tree& tree) {
  if (tree.isList()) {
    json::array array;
    for (const Tree& element : tree.elements) array.push_back(jsonOf(element));
    return array;
  }
  if (!tree.isMap()) return tree.scalar;
  json::object object;
  for (const auto& [name, member] : tree.members) object[name] = jsonOf(member);
  return object;
}

std::size_t countNodes(const Tree& tree) {
  std::size_t count = 1;
  for (const Tree& element : tree.elements) count += countNodes(element);
  for (const auto& member : tree.members) count += countNodes(member.second);
  return count;
}

std::size_t countBytes(const Tree& tree) {
  std::size_t bytes = tree.isString() ? tree.string().size() : 0;
  for (const Tree& element : tree.elements) bytes += countBytes(element);
  for (const auto& member : tree.members) bytes += member.first.size() + countBytes(member.second);
  return bytes;
}

Tree parseTree(std::string_view text, const std::string& name) {
  const json::value value = parseYaml(text, name);
  return PlaceFinder(name).place(value, YAML::Load(readableYaml(text)), 1);
}

void mergeInto(Tree& into, const Tree& from) {
  if (into.isMap() && from.isMap()) {
    for (const auto& [name, member] : from.members) {
      if (Tree* same = into.find(name)) {
        mergeInto(*same, member);
      } else {
        into.members.emplace_back(name, member);
      }
    }
  } else if (into.isList() && from.isList()) {
    for (std::size_t i = 0; i < from.elements.size(); ++i) {
      if (i < into.elements.size()) {
        mergeInto(into.elements[i], from.elements[i]);
      } else {
        into.elements.push_back(from.elements[i]);
      }
    }
  } else if (!from.isNull()) {
    into = from;
  }
}

}  // namespace ddblog::templates::serverless
