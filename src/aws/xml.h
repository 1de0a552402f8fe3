// XML documents of AWS's query and S3 protocols, as trees. pugixml parses them: it knows no DTDs and
// no external entities.
//
// Thread safety: a value type and a pure function.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ddblog::aws {

struct XmlElement {
  std::string name;  // without its namespace's prefix
  std::string text;  // its own, with entities decoded
  std::vector<XmlElement> children = {};

  // The first child of this name; nullptr: there is none.
  const XmlElement* find(std::string_view child) const;
  // The text of that child; empty: there is none.
  std::string textOf(std::string_view child) const;
  // The children of that child, which is a list ("Stacks": all its "member"); empty: there is none.
  const std::vector<XmlElement>& listOf(std::string_view child) const;
};

// The document's element. Elements more than 64 deep are left out. Throws std::invalid_argument if
// `text` is not XML.
XmlElement parseXml(std::string_view text);

}  // namespace ddblog::aws
