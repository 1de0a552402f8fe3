#include "store/fenced_files.h"

#include <charconv>
#include <string_view>
#include <utility>

#include "store/log_file.h"

namespace ddblog {

namespace {

rocksdb::IOStatus fenced() { return rocksdb::IOStatus::IOError("another instance has the files now"); }

}  // namespace

std::uint64_t manifestNumberOf(const std::string& path) {
  constexpr std::string_view kBegin = "MANIFEST-";
  std::string_view name = path;
  name.remove_prefix(name.rfind('/') + 1);
  if (!name.starts_with(kBegin)) return 0;
  name.remove_prefix(kBegin.size());
  std::uint64_t number = 0;
  const auto [rest, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  return error == std::errc() && rest == name.data() + name.size() ? number : 0;
}

// A file that is open for writing.
class FencedFiles::File : public rocksdb::FSWritableFile {
 public:
  File(std::unique_ptr<rocksdb::FSWritableFile> file, FencedFiles& files, std::uint64_t manifest)
      : files_(files),
        manifest_(files.observer_ ? manifest : 0),
        is_sync_thread_safe_(file->IsSyncThreadSafe()),
        is_direct_(file->use_direct_io()),
        alignment_(file->GetRequiredBufferAlignment()),
        file_(std::move(file)) {}

  ~File() override {
    MutexLock lock(files_.mutex_);
    files_.open_.erase(this);
  }

  // Waits for a write that is under way.
  void fence() {
    MutexLock lock(mutex_);
    file_.reset();
  }

  using Status = rocksdb::IOStatus;
  using Options = rocksdb::IOOptions;
  using Debug = rocksdb::IODebugContext;
  using Checksum = rocksdb::DataVerificationInfo;

  Status Append(const rocksdb::Slice& data, const Options& options, Debug* debug) override {
    return append(data, [&](auto& file) { return file.Append(data, options, debug); });
  }
  Status Append(const rocksdb::Slice& data, const Options& options, const Checksum& checksum, Debug* debug) override {
    return append(data, [&](auto& file) { return file.Append(data, options, checksum, debug); });
  }
  Status PositionedAppend(const rocksdb::Slice& data, std::uint64_t offset, const Options& options,
                          Debug* debug) override {
    return unlessFenced([&](auto& file) { return file.PositionedAppend(data, offset, options, debug); });
  }
  Status PositionedAppend(const rocksdb::Slice& data, std::uint64_t offset, const Options& options,
                          const Checksum& checksum, Debug* debug) override {
    return unlessFenced([&](auto& file) { return file.PositionedAppend(data, offset, options, checksum, debug); });
  }
  Status Truncate(std::uint64_t size, const Options& options, Debug* debug) override {
    return unlessFenced([&](auto& file) { return file.Truncate(size, options, debug); });
  }
  Status Close(const Options& options, Debug* debug) override {
    return unlessFenced([&](auto& file) { return file.Close(options, debug); });
  }
  Status Flush(const Options& options, Debug* debug) override {
    return unlessFenced([&](auto& file) { return file.Flush(options, debug); });
  }
  Status Sync(const Options& options, Debug* debug) override {
    return sync([&](auto& file) { return file.Sync(options, debug); });
  }
  Status Fsync(const Options& options, Debug* debug) override {
    return sync([&](auto& file) { return file.Fsync(options, debug); });
  }
  Status RangeSync(std::uint64_t offset, std::uint64_t bytes, const Options& options, Debug* debug) override {
    return unlessFenced([&](auto& file) { return file.RangeSync(offset, bytes, options, debug); });
  }
  Status Allocate(std::uint64_t offset, std::uint64_t bytes, const Options& options, Debug* debug) override {
    return unlessFenced([&](auto& file) { return file.Allocate(offset, bytes, options, debug); });
  }
  Status InvalidateCache(std::size_t offset, std::size_t length) override {
    return unlessFenced([&](auto& file) { return file.InvalidateCache(offset, length); });
  }
  void PrepareWrite(std::size_t offset, std::size_t length, const Options& options, Debug* debug) override {
    MutexLock lock(mutex_);
    if (file_) file_->PrepareWrite(offset, length, options, debug);
  }
  void SetPreallocationBlockSize(std::size_t size) override {
    MutexLock lock(mutex_);
    if (file_) file_->SetPreallocationBlockSize(size);
  }
  void SetWriteLifeTimeHint(rocksdb::Env::WriteLifeTimeHint hint) override {
    MutexLock lock(mutex_);
    if (file_) file_->SetWriteLifeTimeHint(hint);
  }
  std::uint64_t GetFileSize(const Options& options, Debug* debug) override {
    MutexLock lock(mutex_);
    return file_ ? file_->GetFileSize(options, debug) : 0;
  }
  bool IsSyncThreadSafe() const override { return is_sync_thread_safe_; }
  bool use_direct_io() const override { return is_direct_; }
  std::size_t GetRequiredBufferAlignment() const override { return alignment_; }

 private:
  template <class Change>
  Status unlessFenced(const Change& change) {
    MutexLock lock(mutex_);
    return file_ ? change(*file_) : fenced();
  }
  template <class Append>
  Status append(const rocksdb::Slice& data, const Append& append) {
    MutexLock lock(mutex_);
    if (!file_) return fenced();
    const Status status = append(*file_);
    if (status.ok()) size_ += data.size();
    return status;
  }
  template <class Sync>
  Status sync(const Sync& sync) {
    MutexLock lock(mutex_);
    if (!file_) return fenced();
    const Status status = sync(*file_);
    if (status.ok() && manifest_) files_.observer_->onManifestSynced(manifest_, size_);
    return status;
  }

  FencedFiles& files_;
  const std::uint64_t manifest_;  // its number; 0: another file
  const bool is_sync_thread_safe_, is_direct_;
  const std::size_t alignment_;
  Mutex mutex_;
  std::unique_ptr<rocksdb::FSWritableFile> file_ GUARDED_BY(mutex_);  // nullptr: fenced off
  std::uint64_t size_ GUARDED_BY(mutex_) = 0;
};

// What RocksDB holds instead of the underlying lock, which fence() may have released already.
class FencedFiles::Lock : public rocksdb::FileLock {};

template <class Change>
rocksdb::IOStatus FencedFiles::unlessFenced(const Change& change) {
  MutexLock lock(mutex_);
  return is_fenced_ ? fenced() : change();
}

void FencedFiles::fence() {
  MutexLock lock(mutex_);
  is_fenced_ = true;
  for (File* file : open_) file->fence();
  if (lock_) FileSystemWrapper::UnlockFile(std::exchange(lock_, nullptr), rocksdb::IOOptions(), nullptr);
}

rocksdb::IOStatus FencedFiles::NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                               std::unique_ptr<rocksdb::FSWritableFile>* file,
                                               rocksdb::IODebugContext* debug) {
  MutexLock lock(mutex_);
  if (is_fenced_) return fenced();
  std::unique_ptr<rocksdb::FSWritableFile> made;
  const auto status = FileSystemWrapper::NewWritableFile(path, options, &made, debug);
  if (!status.ok()) return status;
  auto wrapped = std::make_unique<File>(std::move(made), *this, manifestNumberOf(path));
  open_.insert(wrapped.get());
  *file = std::move(wrapped);
  if (const std::uint64_t number = logNumberOf(path); number && observer_) observer_->onCreated(number);
  return status;
}

// RocksDB uses these three only with options that we do not set.
rocksdb::IOStatus FencedFiles::ReopenWritableFile(const std::string&, const rocksdb::FileOptions&,
                                                  std::unique_ptr<rocksdb::FSWritableFile>*, rocksdb::IODebugContext*) {
  return rocksdb::IOStatus::NotSupported("ReopenWritableFile");
}

rocksdb::IOStatus FencedFiles::ReuseWritableFile(const std::string&, const std::string&, const rocksdb::FileOptions&,
                                                 std::unique_ptr<rocksdb::FSWritableFile>*, rocksdb::IODebugContext*) {
  return rocksdb::IOStatus::NotSupported("ReuseWritableFile");
}

rocksdb::IOStatus FencedFiles::NewRandomRWFile(const std::string&, const rocksdb::FileOptions&,
                                               std::unique_ptr<rocksdb::FSRandomRWFile>*, rocksdb::IODebugContext*) {
  return rocksdb::IOStatus::NotSupported("NewRandomRWFile");
}

rocksdb::IOStatus FencedFiles::DeleteFile(const std::string& path, const rocksdb::IOOptions& options,
                                          rocksdb::IODebugContext* debug) {
  return unlessFenced([&] {
    const std::uint64_t number = logNumberOf(path);
    if (number && observer_ && !observer_->onDeleting(number)) {
      return rocksdb::IOStatus::IOError("the commit mark cannot be written");
    }
    return FileSystemWrapper::DeleteFile(path, options, debug);
  });
}

rocksdb::IOStatus FencedFiles::Truncate(const std::string& path, std::size_t size, const rocksdb::IOOptions& options,
                                        rocksdb::IODebugContext* debug) {
  return unlessFenced([&] { return FileSystemWrapper::Truncate(path, size, options, debug); });
}

rocksdb::IOStatus FencedFiles::CreateDir(const std::string& path, const rocksdb::IOOptions& options,
                                         rocksdb::IODebugContext* debug) {
  return unlessFenced([&] { return FileSystemWrapper::CreateDir(path, options, debug); });
}

rocksdb::IOStatus FencedFiles::CreateDirIfMissing(const std::string& path, const rocksdb::IOOptions& options,
                                                  rocksdb::IODebugContext* debug) {
  return unlessFenced([&] { return FileSystemWrapper::CreateDirIfMissing(path, options, debug); });
}

rocksdb::IOStatus FencedFiles::DeleteDir(const std::string& path, const rocksdb::IOOptions& options,
                                         rocksdb::IODebugContext* debug) {
  return unlessFenced([&] { return FileSystemWrapper::DeleteDir(path, options, debug); });
}

rocksdb::IOStatus FencedFiles::RenameFile(const std::string& from, const std::string& to,
                                          const rocksdb::IOOptions& options, rocksdb::IODebugContext* debug) {
  return unlessFenced([&] { return FileSystemWrapper::RenameFile(from, to, options, debug); });
}

rocksdb::IOStatus FencedFiles::LinkFile(const std::string& from, const std::string& to,
                                        const rocksdb::IOOptions& options, rocksdb::IODebugContext* debug) {
  return unlessFenced([&] { return FileSystemWrapper::LinkFile(from, to, options, debug); });
}

rocksdb::IOStatus FencedFiles::LockFile(const std::string& path, const rocksdb::IOOptions& options,
                                        rocksdb::FileLock** held, rocksdb::IODebugContext* debug) {
  MutexLock lock(mutex_);
  if (is_fenced_) return fenced();
  const auto status = FileSystemWrapper::LockFile(path, options, &lock_, debug);
  if (status.ok()) *held = new Lock;
  return status;
}

rocksdb::IOStatus FencedFiles::UnlockFile(rocksdb::FileLock* held, const rocksdb::IOOptions& options,
                                          rocksdb::IODebugContext* debug) {
  delete held;
  MutexLock lock(mutex_);
  if (!lock_) return rocksdb::IOStatus::OK();
  return FileSystemWrapper::UnlockFile(std::exchange(lock_, nullptr), options, debug);
}

}  // namespace ddblog
