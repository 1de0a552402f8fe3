#include "services/lambda/host/bootstrap_directory.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <string>

namespace ddblog::lambda {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "dynamodb-log-bootstraps-";
constexpr int kAttempts = 10;

// Opens and locks a directory of this user; -1: it is another's, it has an owner (errno is EWOULDBLOCK),
// or it is gone.
int lockDirectory(const fs::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (descriptor < 0) return -1;
  struct stat opened {
  }, named{};
  // The name is looked at again under the lock, because another start may have removed the directory.
  if (::fstat(descriptor, &opened) == 0 && opened.st_uid == ::geteuid() &&
      ::flock(descriptor, LOCK_EX | LOCK_NB) == 0 && ::lstat(path.c_str(), &named) == 0 &&
      named.st_ino == opened.st_ino && named.st_dev == opened.st_dev) {
    return descriptor;
  }
  const int error = errno;
  ::close(descriptor);
  errno = error;
  return -1;
}

void removeAbandoned(const fs::path& parent) {
  std::error_code error;
  for (fs::directory_iterator entry(parent, error), end; !error && entry != end; entry.increment(error)) {
    if (!entry->path().filename().string().starts_with(kPrefix)) continue;
    const int lock = lockDirectory(entry->path());
    if (lock < 0) continue;
    std::error_code ignored;
    fs::remove_all(entry->path(), ignored);
    ::close(lock);
  }
}

}  // namespace

BootstrapDirectory::BootstrapDirectory(const fs::path& parent) {
  removeAbandoned(parent);
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    std::string name = (parent / (std::string(kPrefix) + "XXXXXX")).string();
    if (!::mkdtemp(name.data())) throw std::runtime_error("cannot make a directory for the runtimes at " + name);
    path_ = name;
    lock_ = lockDirectory(path_);
    if (lock_ >= 0) return;
    const bool is_taken = errno == EWOULDBLOCK;  // another start has found it before the lock, and removes it
    if (!is_taken && fs::exists(path_)) return;  // a file system without locks
  }
  throw std::runtime_error("cannot make a directory for the runtimes in " + parent.string());
}

BootstrapDirectory::~BootstrapDirectory() {
  std::error_code ignored;  // the next start removes what is left
  fs::remove_all(path_, ignored);
  if (lock_ >= 0) ::close(lock_);
}

}  // namespace ddblog::lambda
