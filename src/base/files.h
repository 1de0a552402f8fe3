// Writing files so that a power cut takes nothing back: fsync of files and of directories.
//
// Errors: std::runtime_error with the operating system's words. Thread safety: free functions
// without state.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace ddblog {

// Makes a directory's entries permanent: what was created, renamed and deleted in it.
void syncDirectory(const std::filesystem::path& directory);

// Makes the content of a file, written and closed, permanent.
void syncFile(const std::filesystem::path& file);

// Writes a whole file and makes its content permanent.
void writeFile(const std::filesystem::path& file, std::string_view content);

// Reads a whole file of at most `limit` bytes.
std::string readFile(const std::filesystem::path& file, std::size_t limit);

}  // namespace ddblog
