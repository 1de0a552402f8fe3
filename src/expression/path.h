// A document path: the location of a value in an item ("a.b[3].c", with #names already replaced).
//
// Thread safety: value types and stateless functions.
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
  std::string attribute;        // the item's attribute where the path begins
  std::vector<PathStep> steps;  // below it; empty: the attribute itself

  bool operator==(const DocumentPath&) const = default;
};

// The value at `path`, or nullptr.
const AttributeValue* find(const Item& item, const DocumentPath& path);
AttributeValue* find(Item& item, const DocumentPath& path);

// A path as DynamoDB's error messages show it: "[a, b, [3], c]".
std::string showPath(const DocumentPath& path);

// How two paths of one expression are related. Overlap: one is a prefix of the other, or they are
// equal. Conflict: at their first difference one has a member and the other an element, so no item
// can have both.
enum class PathRelation { kApart, kOverlap, kConflict };
PathRelation relate(const DocumentPath& one, const DocumentPath& other);

}  // namespace ddblog
