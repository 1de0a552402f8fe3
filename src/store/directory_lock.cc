#include "store/directory_lock.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstring>
#include <string>
#include <system_error>
#include <thread>

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

constexpr int kPauses = 200;

// The process id in a lock's file; empty: there is none.
std::string readHolder(int descriptor) {
  char holder[32] = {};
  const ssize_t length = pread(descriptor, holder, sizeof holder - 1, 0);
  return std::string(holder, length > 0 ? static_cast<std::size_t>(length) : 0);
}

// 0: it is not known.
pid_t processOf(const std::string& holder) {
  pid_t process = 0;
  std::from_chars(holder.data(), holder.data() + holder.size(), process);
  return process;
}

bool isGone(const std::string& holder) {
  const pid_t process = processOf(holder);
  return process > 0 && kill(process, 0) != 0 && errno == ESRCH;
}

}  // namespace

void DirectoryLock::pauseShortly() { std::this_thread::sleep_for(std::chrono::milliseconds(10)); }

DirectoryLock::DirectoryLock(const std::filesystem::path& directory, const std::function<void()>& pause)
    : file_(std::filesystem::absolute(directory) / kLockName) {
  std::error_code error;
  createDirectories(directory, error);
  if (error)
    throw std::runtime_error("cannot create the data directory " + directory.string() + ": " + error.message());
  descriptor_ = open(file_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor_ < 0) {
    throw std::runtime_error("cannot open " + (directory / kLockName).string() + ": " + std::strerror(errno));
  }
  for (int pauses = 0; flock(descriptor_, LOCK_EX | LOCK_NB) != 0; ++pauses) {
    const std::string holder = readHolder(descriptor_);
    if (isGone(holder) && pauses < kPauses) {
      pause();
      continue;
    }
    close(descriptor_);
    throw StoreInUse("the data directory " + directory.string() + " is in use by process " +
                     (holder.empty() ? "(unknown)" : holder));
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

std::optional<pid_t> holderOf(const std::filesystem::path& directory) {
  const int descriptor = open((directory / kLockName).c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return std::nullopt;
  // Shared, so that two who ask at the same time do not see each other.
  const bool is_free = flock(descriptor, LOCK_SH | LOCK_NB) == 0;
  const std::string holder = is_free ? std::string() : readHolder(descriptor);
  close(descriptor);
  if (is_free) return std::nullopt;
  return processOf(holder);
}

DirectoryLock::Place DirectoryLock::place() const {
  struct stat found, held;
  if (::stat(file_.c_str(), &found) != 0) return errno == ENOENT ? Place::kMissing : Place::kSame;
  if (::fstat(descriptor_, &held) != 0) return Place::kSame;
  return found.st_dev == held.st_dev && found.st_ino == held.st_ino ? Place::kSame : Place::kReplaced;
}

}  // namespace ddblog
