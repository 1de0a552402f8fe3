// What the file system has to be told so that what was written and moved stays.
//
// Errors: std::runtime_error with the operating system's words. Thread safety: free functions without state.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace ddblog {

// Makes what was made, moved and removed in a directory permanent.
void syncDirectory(const std::filesystem::path& directory);

// Makes the content of a file, written and closed, permanent.
void syncFile(const std::filesystem::path& file);

// Writes a file whole and makes its content permanent.
void writeFile(const std::filesystem::path& file, std::string_view content);

// A file whole, of at most `limit` bytes.
std::string readFile(const std::filesystem::path& file, std::size_t limit);

}  // namespace ddblog
