// Tells what a file is that somebody imports, from its beginning.
//
// Thread safety: stateless functions.
#pragma once

#include <string>
#include <string_view>

namespace ddblog::table_files {

enum class TextFormat {
  kLines,     // a JSON object in each line
  kElements,  // a JSON array, or an object with arrays
  kCsv,
  kForeign,  // none of these
};

// `beginning`: decompressed, without a byte order mark, not empty.
TextFormat formatOf(std::string_view beginning);

// What a file of the format kForeign is, and what to do about it: "it is a ZIP file; unpack it first".
std::string foreignFormat(std::string_view beginning);

}  // namespace ddblog::table_files
