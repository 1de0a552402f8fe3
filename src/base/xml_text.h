// Text in an XML document.
//
// Thread safety: a pure function.
#pragma once

#include <string>
#include <string_view>

namespace ddblog {

// The text as it stands between two tags, or in an attribute in double quotes. A carriage return is a
// reference, because parsers read a plain one as a line feed.
std::string escapeXml(std::string_view text);

}  // namespace ddblog
