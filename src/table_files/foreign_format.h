// Recognises files that are no data files of an export, but what people try to import instead.
//
// Thread safety: a stateless function.
#pragma once

#include <string>
#include <string_view>

namespace ddblog::table_files {

// What a file is that begins with `beginning`, and what to do about it: "it is a JSON array".
// Empty: it may be a data file. `beginning`: decompressed, without a byte order mark, not empty.
std::string foreignFormat(std::string_view beginning);

}  // namespace ddblog::table_files
