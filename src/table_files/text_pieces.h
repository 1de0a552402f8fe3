// Reads a text file piece by piece: decompressed (gzip), and without a byte order mark.
//
// Errors: ImportUnusable, which names the file. Thread safety: none.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace ddblog::table_files {

// Passes the text to `take`, from its beginning; `first`: the first piece, which is never empty.
// Returns the MD5 of the file's bytes in base64. An empty file is an error.
using TakeText = std::function<void(std::string_view text, bool first)>;
std::string readText(const std::filesystem::path& file, const TakeText& take);

}  // namespace ddblog::table_files
