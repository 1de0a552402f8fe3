#include "store/directory_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>

#include "store/file_names.h"

namespace ddblog {

namespace {

void syncDirectory(const std::filesystem::path& directory) {
  const int descriptor = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;  // a directory with write but no read permission cannot be fsynced
  fsync(descriptor);
  close(descriptor);
}

// Each new directory is an entry in its parent, which must survive a power cut too.
void createDirectories(const std::filesystem::path& directory, std::error_code& error) {
  const std::filesystem::path above = std::filesystem::absolute(directory).parent_path();
  if (std::filesystem::exists(directory) || above == directory) return;
  createDirectories(above, error);
  if (error) return;
  std::filesystem::create_directory(directory, error);
  if (!error) syncDirectory(above);
}

}  // namespace

DirectoryLock::DirectoryLock(const std::filesystem::path& directory)
    : file_(std::filesystem::absolute(directory) / kLockName) {
  std::error_code error;
  createDirectories(directory, error);
  if (error)
    throw std::runtime_error("cannot create the data directory " + directory.string() + ": " + error.message());
  descriptor_ = open(file_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor_ < 0) {
    throw std::runtime_error("cannot open " + (directory / kLockName).string() + ": " + std::strerror(errno));
  }
  if (flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
    char holder[32] = {};
    const ssize_t length = read(descriptor_, holder, sizeof holder - 1);
    close(descriptor_);
    throw StoreInUse("the data directory " + directory.string() + " is in use by process " +
                     (length > 0 ? std::string(holder, static_cast<std::size_t>(length)) : "(unknown)"));
  }
  // The process id is only informative; flock does the locking.
  const std::string pid = std::to_string(getpid());
  if (ftruncate(descriptor_, 0) != 0 || pwrite(descriptor_, pid.data(), pid.size(), 0) < 0) {
    // The disk is full, but the lock holds.
  }
}

DirectoryLock::~DirectoryLock() {
  if (descriptor_ >= 0) close(descriptor_);
}

DirectoryLock::Place DirectoryLock::place() const {
  struct stat found, held;
  if (::stat(file_.c_str(), &found) != 0) return errno == ENOENT ? Place::kMissing : Place::kSame;
  if (::fstat(descriptor_, &held) != 0) return Place::kSame;
  return found.st_dev == held.st_dev && found.st_ino == held.st_ino ? Place::kSame : Place::kReplaced;
}

}  // namespace ddblog
