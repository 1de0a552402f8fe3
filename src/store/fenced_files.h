// The files of one instance of RocksDB, which can be fenced off: afterwards the instance can read but
// not change them, so that another instance may open the same directory. The store needs this when
// the disk has failed (committed_state.h): an instance that saw an error is replaced, but readers may
// still use it.
//
// fence() waits for the writes that are under way, closes all files that are open for writing, and
// releases RocksDB's lock on the directory. Every later change (a write, a new file, a deletion)
// fails with an IOError.
//
// What becomes of the logs and the MANIFEST is reported too (FileObserver), for the commit mark.
//
// Thread safety: all methods may be called from any thread.
#pragma once

#include <rocksdb/file_system.h>

#include <cstdint>
#include <memory>
#include <set>
#include <string>

#include "base/thread_annotations.h"

namespace ddblog {

// The number in the name of a MANIFEST ("MANIFEST-000005"); 0: it is the name of another file.
std::uint64_t manifestNumberOf(const std::string& path);

// Called on RocksDB's threads, one call at a time.
class FileObserver {
 public:
  virtual ~FileObserver() = default;
  virtual void onCreated(std::uint64_t log_number) = 0;
  // Before RocksDB deletes the file, which it no longer needs. False: it must not be deleted now.
  virtual bool onDeleting(std::uint64_t log_number) = 0;
  // So many bytes of it are on the disk.
  virtual void onManifestSynced(std::uint64_t number, std::uint64_t bytes) = 0;
};

class FencedFiles : public rocksdb::FileSystemWrapper {
 public:
  // `observer` may be nullptr; it must outlive fence() or this.
  FencedFiles(const std::shared_ptr<rocksdb::FileSystem>& base, FileObserver* observer)
      : FileSystemWrapper(base), observer_(observer) {}

  void fence();

  const char* Name() const override { return "FencedFiles"; }
  rocksdb::IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus ReopenWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                       std::unique_ptr<rocksdb::FSWritableFile>* file,
                                       rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus ReuseWritableFile(const std::string& path, const std::string& old_path,
                                      const rocksdb::FileOptions& options,
                                      std::unique_ptr<rocksdb::FSWritableFile>* file,
                                      rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus NewRandomRWFile(const std::string& path, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSRandomRWFile>* file,
                                    rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus DeleteFile(const std::string& path, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus Truncate(const std::string& path, std::size_t size, const rocksdb::IOOptions& options,
                             rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus CreateDir(const std::string& path, const rocksdb::IOOptions& options,
                              rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus CreateDirIfMissing(const std::string& path, const rocksdb::IOOptions& options,
                                       rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus DeleteDir(const std::string& path, const rocksdb::IOOptions& options,
                              rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus LinkFile(const std::string& from, const std::string& to, const rocksdb::IOOptions& options,
                             rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus LockFile(const std::string& path, const rocksdb::IOOptions& options, rocksdb::FileLock** lock,
                             rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus UnlockFile(rocksdb::FileLock* lock, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;

 private:
  class File;
  class Lock;

  // Runs `change` unless the files are fenced off.
  template <class Change>
  rocksdb::IOStatus unlessFenced(const Change& change);

  FileObserver* const observer_;
  Mutex mutex_;  // held during each change of the directory, but not during writes to a file
  bool is_fenced_ GUARDED_BY(mutex_) = false;
  std::set<File*> open_ GUARDED_BY(mutex_);
  rocksdb::FileLock* lock_ GUARDED_BY(mutex_) = nullptr;  // the underlying one
};

}  // namespace ddblog
