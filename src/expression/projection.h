// Projections: what ProjectionExpression and the legacy AttributesToGet say: which parts of an item
// are answered.
//
// Thread safety: value types; project has no state.
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
  // PartiQL: what each path's value is called in the answer, as an attribute of its own. Empty:
  // parts stay inside the maps and lists they are in.
  std::vector<std::string> names = {};

  // Whole attributes, as AttributesToGet names them.
  static Projection ofAttributes(const std::vector<std::string>& names);
};

// Throws ApiError ValidationException ("Invalid ProjectionExpression: …"): also where two paths
// overlap or conflict.
Projection parseProjection(std::string_view text, Substitutions& substitutions);

// The parts of `item` that the paths lead to, inside the maps and lists they are in. Chosen
// elements of a list follow one another in the list's own order, without gaps.
Item project(const Projection& projection, const Item& item);

// The attributes that the paths begin at, each once (an index must have projected them).
std::vector<std::string> attributesOf(const Projection& projection);

}  // namespace ddblog
