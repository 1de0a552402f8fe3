// The files of a package: where each is, and the path that it gets in the archive.
//
// Symbolic links are followed, so an archive holds files only. Empty directories are left out.
//
// Limits: limits::kZipEntries files, limits::kDirectories, names of limits::kZipName bytes, 100 levels (ours).
// Thread safety: stateless functions.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "deploy/package/exclusions.h"

namespace ddblog::deploy {

struct PackedFile {
  std::string path;              // in the archive: "src/users.js", UTF-8
  std::filesystem::path source;  // on the disk
  bool is_executable = false;    // for whomever
  std::uint64_t bytes = 0;
};

// The files below a directory, in the order of their paths' bytes. Throws PackageError that names the
// file: it cannot be read, it is no file, its name is no UTF-8, a link leads nowhere or into itself.
std::vector<PackedFile> filesBelow(const std::filesystem::path& directory, const Exclusions& exclusions);
// The same. `outside`: gets the links that lead out of the directory, whose files are packed, too.
std::vector<PackedFile> filesBelow(const std::filesystem::path& directory, const Exclusions& exclusions,
                                   std::vector<std::filesystem::path>& outside);

// One file under a path of the archive. Throws PackageError.
PackedFile fileAs(const std::filesystem::path& source, const std::string& path);

// Adds `more`, in the order of their paths; of two with the same path that of `files` stays.
void addFiles(std::vector<PackedFile>& files, std::vector<PackedFile> more);

// What all files need, unpacked.
std::uint64_t bytesOf(const std::vector<PackedFile>& files);

}  // namespace ddblog::deploy
