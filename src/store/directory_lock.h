// One process per data directory: an advisory lock (flock) on its file `in-use.lock`, which
// contains the process id. The operating system releases it however the process ends, so kill -9
// leaves no stale lock. It can last some milliseconds longer: a child process that was just being
// started has a copy of the descriptor until it executes its program. And holderOf locks for a moment.
//
// Thread safety: place() may be called from any thread.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <optional>

#include "store/store.h"

namespace ddblog {

class DirectoryLock {
 public:
  // Creates the directory if it is missing. If the process that had locked it is gone, waits up to 200
  // times for what is left of it: `pause` waits once. Throws StoreInUse, or std::runtime_error (no
  // permission, not a directory).
  explicit DirectoryLock(const std::filesystem::path& directory, const std::function<void()>& pause = pauseShortly);
  ~DirectoryLock();
  DirectoryLock(const DirectoryLock&) = delete;

  // Whether the path still leads to the locked file. kReplaced: to another one, which others can
  // lock. One stat(2).
  enum class Place { kSame, kMissing, kReplaced };
  Place place() const;

 private:
  static void pauseShortly();  // 10 ms

  const std::filesystem::path file_;
  int descriptor_ = -1;
};

// The process that has locked the directory, without locking it; 0: it is not known which. std::nullopt:
// none has.
std::optional<pid_t> holderOf(const std::filesystem::path& directory);

}  // namespace ddblog
