// What Ref and Fn::GetAtt return for resources of each type: the table resource_types.txt, which
// also says how its patterns are written.
//
// Thread safety: stateless functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ddblog::templates {

struct KnownType {
  std::string_view name_property;  // the property with the explicit name; empty: none
  std::string arn;                 // a pattern; empty: the type has none
  std::string_view reference;      // what Ref returns: a pattern
  std::string_view attributes;     // "NAME NAME=PATTERN …"

  bool has(std::string_view attribute) const { return patternOf(attribute).has_value(); }
  // std::nullopt: it has no such attribute. Empty: its value follows from its name.
  std::optional<std::string_view> patternOf(std::string_view attribute) const;
};

// A type that is not in the table gets the common form: its ARN is
// "arn:aws:SERVICE:REGION:ACCOUNT:KIND/NAME", and Ref returns its name.
KnownType knownType(std::string_view type);

}  // namespace ddblog::templates
