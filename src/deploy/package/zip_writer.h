// Writes zip archives whose bytes depend on nothing but the files: paths, modes and content.
//
//   entries      in the order given (sorted by the bytes of their paths), files only
//   time         1980-01-01 00:00, the first that the format has
//   made by      Unix; mode 0755 if the file may be executed, else 0644
//   names        UTF-8, and marked so (general purpose bit 11)
//
// Source: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
// Thread safety: stateless functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "deploy/package/file_list.h"

namespace ddblog::deploy {

// `key`: contentKey() of the files when they were listed. Throws PackageError: a file cannot be read, or
// has changed since.
std::string zipOf(const std::vector<PackedFile>& files, const std::string& key);

// An archive of one file that nobody executes. Throws PackageError: there is no memory for it.
std::string zipOfText(const std::string& path, std::string_view content);

}  // namespace ddblog::deploy
