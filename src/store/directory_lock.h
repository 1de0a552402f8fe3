// One process per data directory: an advisory lock (flock) on its file `in-use.lock`, which
// contains the process id. The operating system releases it however the process ends, so kill -9
// leaves no stale lock.
//
// Thread safety: place() may be called from any thread.
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

  // Whether the path still leads to the locked file. kReplaced: to another one, which others can
  // lock. One stat(2).
  enum class Place { kSame, kMissing, kReplaced };
  Place place() const;

 private:
  const std::filesystem::path file_;
  int descriptor_ = -1;
};

}  // namespace ddblog
