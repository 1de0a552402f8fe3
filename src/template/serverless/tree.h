// A serverless.yml, or a file that it includes, as a tree whose nodes know their places.
//
// The variables of a node's text are resolved in place (variables.h), and the content of another
// file keeps the places of that file. So every message names the file and the line that a person
// has to look at.
//
// A value type. Thread safety: none.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "template/yaml.h"

namespace ddblog::templates::serverless {

struct Place {
  std::shared_ptr<const std::string> file;  // nullptr: not in a file
  int line = 0;

  std::string text() const;  // "serverless.yml:12"
};

struct Tree {
  enum class Kind { kScalar, kList, kMap };

  // In tree.cc, because a pair of `members` needs a complete Tree.
  Tree();
  Tree(const Tree&);
  Tree(Tree&&) noexcept;
  Tree& operator=(const Tree&);
  Tree& operator=(Tree&&) noexcept;
  ~Tree();

  Kind kind = Kind::kScalar;
  json::value scalar;                                 // null, boolean, number or string
  std::vector<Tree> elements;                         // of a list
  std::vector<std::pair<std::string, Tree>> members;  // of a map, in the order of the file
  Place place;
  bool is_being_resolved = false;  // stops variables that refer to themselves

  bool isNull() const { return kind == Kind::kScalar && scalar.is_null(); }
  bool isString() const { return kind == Kind::kScalar && scalar.is_string(); }
  bool isMap() const { return kind == Kind::kMap; }
  bool isList() const { return kind == Kind::kList; }
  std::string_view string() const { return scalar.get_string(); }  // of isString()
  // nullptr: it is no map, or has no such member.
  const Tree* find(std::string_view name) const;
  Tree* find(std::string_view name);
  Tree& operator[](std::string_view name);  // added if it is missing
};

Tree textTree(std::string_view text, const Place& place);
Tree treeOf(const json::value& value, const Place& place);
json::value jsonOf(const Tree& tree);
std::size_t countNodes(const Tree& tree);
std::size_t countBytes(const Tree& tree);  // of its texts and names

// YAML or JSON. Throws TemplateError "name:line: …".
Tree parseTree(std::string_view text, const std::string& name);

// Merges as the framework does: maps member by member, lists element by element; another value of
// `from` replaces that of `into`.
void mergeInto(Tree& into, const Tree& from);

}  // namespace ddblog::templates::serverless
