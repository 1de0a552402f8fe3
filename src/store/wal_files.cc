#include "store/wal_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace ddblog {

namespace {

// Each fill makes one fdatasync slower. Larger fills make it slower still, smaller fills make it
// more frequent.
constexpr std::size_t kFilledAhead = 256u << 10;

bool isLog(std::string_view path) { return path.ends_with(".log"); }

class LogFile : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  LogFile(std::unique_ptr<rocksdb::FSWritableFile> file, const std::string& path)
      : rocksdb::FSWritableFileOwnerWrapper(std::move(file)), descriptor_(::open(path.c_str(), O_WRONLY | O_CLOEXEC)) {}

  ~LogFile() override {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           rocksdb::IODebugContext* debug) override {
    fillAhead(data.size());
    const auto status = FSWritableFileOwnerWrapper::Append(data, options, debug);
    if (status.ok()) size_ += data.size();
    return status;
  }

  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           const rocksdb::DataVerificationInfo& checksum, rocksdb::IODebugContext* debug) override {
    fillAhead(data.size());
    const auto status = FSWritableFileOwnerWrapper::Append(data, options, checksum, debug);
    if (status.ok()) size_ += data.size();
    return status;
  }

  // A file that somebody has removed meanwhile keeps nothing.
  rocksdb::IOStatus Sync(const rocksdb::IOOptions& options, rocksdb::IODebugContext* debug) override {
    const auto status = FSWritableFileOwnerWrapper::Sync(options, debug);
    if (status.ok() && isRemoved()) return rocksdb::IOStatus::IOError("the log file was removed");
    return status;
  }

  // Reserving blocks without writing them would gain nothing: the file system then journals the
  // first write to them.
  void PrepareWrite(std::size_t, std::size_t, const rocksdb::IOOptions&, rocksdb::IODebugContext*) override {}

  rocksdb::IOStatus Close(const rocksdb::IOOptions& options, rocksdb::IODebugContext* debug) override {
    if (filled_ > size_) {
      const auto status = Truncate(size_, options, debug);
      if (!status.ok()) return status;
    }
    return FSWritableFileOwnerWrapper::Close(options, debug);
  }

 private:
  // Asks for the number of links alone: a file whose times are asked for gets new ones, finer than usual, with
  // its next write, and the file system journals them.
  bool isRemoved() const {
    struct statx file;
    return descriptor_ >= 0 && ::statx(descriptor_, "", AT_EMPTY_PATH, STATX_NLINK, &file) == 0 && file.stx_nlink == 0;
  }

  void fillAhead(std::size_t bytes) {
    if (descriptor_ < 0 || size_ + bytes <= filled_) return;
    static const std::string zeros(kFilledAhead, '\0');
    filled_ = std::max(filled_, size_ + bytes);
    const ssize_t written = ::pwrite(descriptor_, zeros.data(), zeros.size(), static_cast<off_t>(filled_));
    if (written > 0) filled_ += static_cast<std::size_t>(written);
  }

  const int descriptor_;
  std::size_t size_ = 0;    // bytes written by RocksDB
  std::size_t filled_ = 0;  // size of the file
};

class LogFiles : public rocksdb::FileSystemWrapper {
 public:
  using FileSystemWrapper::FileSystemWrapper;
  const char* Name() const override { return "ZeroFilledLogFiles"; }

  rocksdb::IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* debug) override {
    auto status = FileSystemWrapper::NewWritableFile(path, options, file, debug);
    if (status.ok() && isLog(path)) *file = std::make_unique<LogFile>(std::move(*file), path);
    return status;
  }
};

}  // namespace

std::shared_ptr<rocksdb::FileSystem> zeroFilledLogFiles(const std::shared_ptr<rocksdb::FileSystem>& base) {
  return std::make_shared<LogFiles>(base);
}

}  // namespace ddblog
