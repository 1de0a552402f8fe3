// A temporary directory for the bootstraps, which is removed at the end, or, after a kill -9, by the
// next start.
//
//   $TMPDIR/dynamodb-log-bootstraps-XXXXXX/bootstrap.mjs, runtime_api.mjs, preload.cjs, bootstrap.py
//
// A directory has an owner as long as a process holds a lock (flock(2)) on it, which the kernel
// releases when that process ends. A start removes the directories of this user that have none, so
// never one of a running cloud. If the file system has no locks, it leaves them.
// Thread safety: none.
#pragma once

#include <filesystem>

namespace ddblog::lambda {

class BootstrapDirectory {
 public:
  // In `parent`: makes a directory, and removes those without an owner. Throws std::runtime_error.
  explicit BootstrapDirectory(const std::filesystem::path& parent);
  ~BootstrapDirectory();  // removes it
  BootstrapDirectory(const BootstrapDirectory&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  int lock_ = -1;
};

}  // namespace ddblog::lambda
