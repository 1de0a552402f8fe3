// A document path: where in an item a value is ("a.b[3].c", with #names already replaced).
//
// Thread safety: value types and free functions without state.
#pragma once

#include <compare>
#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "item/attribute_value.h"

namespace ddblog {

// A step: the name of a map's member, or the index of a list's element.
using PathStep = std::variant<std::string, std::size_t>;

struct DocumentPath {
  std::string attribute;        // the item's attribute that the path begins at
  std::vector<PathStep> steps;  // from there on down; empty: the attribute itself

  bool operator==(const DocumentPath&) const = default;
};

// The value at `path`; nullptr if there is none.
const AttributeValue* find(const Item& item, const DocumentPath& path);
AttributeValue* find(Item& item, const DocumentPath& path);

// As DynamoDB's refusals show a path: "[a, b, [3], c]".
std::string showPath(const DocumentPath& path);

// How two paths of one expression stand to each other. Overlap: one leads to or through the other.
// Conflict: they differ first where one takes a member and the other an element, so no item can
// have both.
enum class PathRelation { kApart, kOverlap, kConflict };
PathRelation relate(const DocumentPath& one, const DocumentPath& other);

}  // namespace ddblog
