// SQLite's files with a memory of what a power cut would leave of them: for tests that fail when an fsync is missing.
// While one is alive it is SQLite's default VFS.
//
// What counts as on the disk is a file as of its last xSync; what was written later may be there or not, file by file.
// Creating and deleting a file count as done at once: SQLite fsyncs the directory itself, inside of these calls.
//
// Thread safety: all methods may be called from any thread; one object at a time in a process.
#pragma once

#include <sqlite3.h>

#include <filesystem>
#include <map>
#include <mutex>
#include <random>
#include <string>

namespace ddblog::eventbridge {

class PowerCutVfs {
 public:
  PowerCutVfs();
  ~PowerCutVfs();
  PowerCutVfs(const PowerCutVfs&) = delete;

  // Puts what a power cut now would leave of the files in `from` into the directory `target`.
  void copyAsAfterPowerCut(const std::filesystem::path& from, const std::filesystem::path& target,
                           std::mt19937& random) const;

 private:
  struct Content {
    std::string now;
    std::string synced;
  };
  struct File;

  static PowerCutVfs& of(sqlite3_vfs* vfs) { return *static_cast<PowerCutVfs*>(vfs->pAppData); }
  static int open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out_flags);
  static int remove(sqlite3_vfs* vfs, const char* path, int sync_directory);

  sqlite3_vfs* const real_;
  sqlite3_vfs vfs_;
  mutable std::mutex mutex_;  // held during each change of a file
  std::map<std::string, Content> files_;
};

}  // namespace ddblog::eventbridge
