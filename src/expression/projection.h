// Projections: ProjectionExpression and the legacy AttributesToGet, which select the parts of an
// item to return.
//
// Thread safety: value types; project is stateless.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "expression/path.h"
#include "expression/substitutions.h"
#include "item/attribute_value.h"

namespace ddblog {

struct Projection {
  std::vector<DocumentPath> paths;
  // PartiQL: the name of each path's value in the result, where it is an attribute of its own.
  // Empty: parts stay in their maps and lists.
  std::vector<std::string> names = {};

  // Whole attributes, as in AttributesToGet.
  static Projection ofAttributes(const std::vector<std::string>& names);
};

// Throws ApiError ValidationException ("Invalid ProjectionExpression: …"), also if two paths
// overlap or conflict.
Projection parseProjection(std::string_view text, Substitutions& substitutions);

// The parts of `item` at the paths, inside their maps and lists. The selected elements of a list
// keep their order, without gaps.
Item project(const Projection& projection, const Item& item);

// The attributes where the paths begin, each once (an index must project them).
std::vector<std::string> attributesOf(const Projection& projection);

}  // namespace ddblog
