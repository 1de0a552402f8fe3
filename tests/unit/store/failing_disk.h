// A disk that a test can fill, free and break, between a store and its files.
//
// Thread safety: everything may be called from any thread.
#pragma once

#include <rocksdb/file_system.h>

#include <atomic>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>

namespace ddblog {

class FailingDisk : public rocksdb::FileSystemWrapper {
 public:
  FailingDisk() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}
  const char* Name() const override { return "FailingDisk"; }

  static constexpr std::int64_t kUnlimited = std::numeric_limits<std::int64_t>::max();
  void fill() { room = 0; }
  void free() { room = kUnlimited; }

  std::atomic<std::int64_t> room = kUnlimited;                    // bytes that can still be written
  std::atomic<int> failing_syncs = 0;                             // so many of the next ones fail
  std::atomic<int> files_left = std::numeric_limits<int>::max();  // that can still be opened for writing

  std::atomic<int> rewritten_files = 0;  // opened to write over what is there

  rocksdb::IOStatus NewRandomRWFile(const std::string& path, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSRandomRWFile>* file,
                                    rocksdb::IODebugContext* debug) override {
    ++rewritten_files;
    return FileSystemWrapper::NewRandomRWFile(path, options, file, debug);
  }
  rocksdb::IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* debug) override {
    if (files_left.fetch_sub(1) <= 0) {
      files_left = 0;
      return rocksdb::IOStatus::IOError("too many open files");
    }
    const auto status = FileSystemWrapper::NewWritableFile(path, options, file, debug);
    if (status.ok()) *file = std::make_unique<File>(std::move(*file), *this);
    return status;
  }

 private:
  class File : public rocksdb::FSWritableFileOwnerWrapper {
   public:
    File(std::unique_ptr<rocksdb::FSWritableFile> file, FailingDisk& disk)
        : rocksdb::FSWritableFileOwnerWrapper(std::move(file)), disk_(disk) {}

    // What fits is written, as write(2) does.
    rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                             rocksdb::IODebugContext* debug) override {
      if (disk_.room == kUnlimited) return FSWritableFileOwnerWrapper::Append(data, options, debug);
      const std::int64_t left = disk_.room.fetch_sub(static_cast<std::int64_t>(data.size()));
      if (left >= static_cast<std::int64_t>(data.size()))
        return FSWritableFileOwnerWrapper::Append(data, options, debug);
      disk_.room = 0;
      if (left > 0) {
        FSWritableFileOwnerWrapper::Append({data.data(), static_cast<std::size_t>(left)}, options, debug)
            .PermitUncheckedError();
      }
      return rocksdb::IOStatus::NoSpace("the disk is full");
    }
    rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                             const rocksdb::DataVerificationInfo&, rocksdb::IODebugContext* debug) override {
      return Append(data, options, debug);
    }
    rocksdb::IOStatus Sync(const rocksdb::IOOptions& options, rocksdb::IODebugContext* debug) override {
      if (failsSync()) return rocksdb::IOStatus::IOError("input/output error");
      return FSWritableFileOwnerWrapper::Sync(options, debug);
    }
    rocksdb::IOStatus Fsync(const rocksdb::IOOptions& options, rocksdb::IODebugContext* debug) override {
      if (failsSync()) return rocksdb::IOStatus::IOError("input/output error");
      return FSWritableFileOwnerWrapper::Fsync(options, debug);
    }

   private:
    bool failsSync() {
      if (disk_.failing_syncs <= 0) return false;
      --disk_.failing_syncs;
      return true;
    }
    FailingDisk& disk_;
  };
};

}  // namespace ddblog
