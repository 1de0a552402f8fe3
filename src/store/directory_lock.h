// One process per data directory: an advisory lock (flock) on the file `in-use.lock` in it, with
// the process's id inside. The operating system frees it however the process ends, so kill -9
// leaves no stale lock.
#pragma once

#include <filesystem>

#include "store/store.h"

namespace ddblog {

class DirectoryLock {
 public:
  // Creates the directory if it is missing. Throws StoreInUse, or std::runtime_error (no
  // permission, no directory).
  explicit DirectoryLock(const std::filesystem::path& directory);
  ~DirectoryLock();
  DirectoryLock(const DirectoryLock&) = delete;

 private:
  int descriptor_ = -1;
};

}  // namespace ddblog
