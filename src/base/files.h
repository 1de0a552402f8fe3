// Reads files, writes files that survive a power cut (fsyncs files and directories), and names damaged
// ones.
//
// Errors: std::runtime_error with the operating system's message.
// Thread safety: stateless functions.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace ddblog {

// Where a damaged file is kept: "FILE.damaged", or "FILE.damaged-2" and so on: the first name that is
// free.
std::filesystem::path pathForDamaged(const std::filesystem::path& file);

// Makes a directory's entries durable: files created, renamed and deleted in it.
void syncDirectory(const std::filesystem::path& directory);

// Makes the content of a written and closed file durable.
void syncFile(const std::filesystem::path& file);

// Writes a whole file and makes its content durable.
void writeFile(const std::filesystem::path& file, std::string_view content);

// Whether it is there: a regular file, a directory, or a link to one. What cannot be looked at is not.
bool isFile(const std::filesystem::path& path);
bool isDirectory(const std::filesystem::path& path);

// Reads a whole file of at most `limit` bytes.
std::string readFile(const std::filesystem::path& file, std::size_t limit);

}  // namespace ddblog
