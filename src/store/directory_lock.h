// One process per data directory: an advisory lock (flock) on its file `in-use.lock`, which
// contains the process id. The operating system releases it however the process ends, so kill -9
// leaves no stale lock.
//
// Thread safety: none.
#pragma once

#include <filesystem>

#include "store/store.h"

namespace ddblog {

class DirectoryLock {
 public:
  // Creates the directory if it is missing. Throws StoreInUse, or std::runtime_error (no
  // permission, not a directory).
  explicit DirectoryLock(const std::filesystem::path& directory);
  ~DirectoryLock();
  DirectoryLock(const DirectoryLock&) = delete;

 private:
  int descriptor_ = -1;
};

}  // namespace ddblog
