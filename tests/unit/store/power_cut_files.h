// A file system of RocksDB's that knows what a power cut would leave of it: for tests that fail when an fsync is
// missing. (The model is leveldb's fault_injection_test.)
//
// What counts as on the disk is the least that POSIX promises:
// - of a file: what was appended before its last fsync;
// - of a directory: its entries (creations, renames, deletions, directories in it) as of the directory's last fsync.
// What came later may be there or not: of a file any part of the rest, with zeros or the file's end behind it; of the
// directories' changes the first so many. `random` decides.
//
//   auto files = std::make_shared<PowerCutFiles>(scratch);
//   auto store = openStoreOn(files, options);
//   files->copyAsAfterPowerCut(other_directory, random);   // while the store works on
//
// Thread safety: all methods may be called from any thread; a copy is of one moment.
#pragma once

#include <rocksdb/file_system.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <vector>

namespace ddblog {

class PowerCutFiles : public rocksdb::FileSystemWrapper {
 public:
  // `root`: the directory that power cuts are about. `scratch` (on the same disk) keeps what was deleted in it.
  PowerCutFiles(std::filesystem::path root, std::filesystem::path scratch);

  // Puts what a power cut now would leave of `root` into `target`.
  void copyAsAfterPowerCut(const std::filesystem::path& target, std::mt19937& random) const;

  const char* Name() const override { return "PowerCutFiles"; }
  rocksdb::IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus NewDirectory(const std::string& path, const rocksdb::IOOptions& options,
                                 std::unique_ptr<rocksdb::FSDirectory>* directory,
                                 rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus CreateDir(const std::string& path, const rocksdb::IOOptions& options,
                              rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus CreateDirIfMissing(const std::string& path, const rocksdb::IOOptions& options,
                                       rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus DeleteFile(const std::string& path, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;

 private:
  class File;
  class Directory;

  // A file, whatever its name. Its bytes are those of `content`, a second link to it.
  struct Node {
    std::filesystem::path content;
    std::uint64_t appended = 0;
    std::uint64_t synced = 0;              // of what was appended
    std::uint64_t length_when_synced = 0;  // of the file, which can be longer than what was appended to it
  };
  // What is in the directories: nullptr: a directory.
  using Entries = std::map<std::string, std::shared_ptr<Node>>;
  using Change = std::function<void(Entries&)>;

  void note(const std::string& path, Change change);
  static void copy(const Node& node, const std::filesystem::path& target, std::mt19937& random);

  const std::filesystem::path root_;
  const std::filesystem::path scratch_;
  mutable std::mutex mutex_;  // held during each change of the files
  std::uint64_t last_node_ = 0;
  Entries now_;
  Entries synced_;                                        // of all directories, as of their last fsync
  std::vector<std::pair<std::string, Change>> unsynced_;  // changes since then, with the directory they are in
};

}  // namespace ddblog
