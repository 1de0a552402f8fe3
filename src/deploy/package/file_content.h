// The content of the files of a package, and what identifies it.
//
// The key of a package is the SHA-256 over a text: a line with the format's version, and one for each
// file, in the order of their paths:
//
//   dynamodb-log package 1
//   0755 <SHA-256 of the content> <bytes of the path> <path>
//
// Times do not matter, nor does how an archive is compressed: zlib's versions differ in that.
//
// Thread safety: stateless functions; a ContentKey belongs to one thread at a time.
#pragma once

#include <string>
#include <string_view>

#include "deploy/package/file_list.h"

namespace ddblog::deploy {

// Throws PackageError that names the file: it cannot be read, or is larger than when it was listed.
std::string contentOf(const PackedFile& file);

class ContentKey {
 public:
  void add(const PackedFile& file, std::string_view content);
  std::string finish() const;  // 64 digits

 private:
  std::string manifest_ = "dynamodb-log package 1\n";
};

// Of all files, in one pass. Throws PackageError as contentOf.
std::string contentKey(const std::vector<PackedFile>& files);

}  // namespace ddblog::deploy
