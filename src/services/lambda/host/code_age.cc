#include "services/lambda/host/code_age.h"

#include <sys/stat.h>
#include <time.h>

#include <algorithm>
#include <system_error>

#include "services/lambda/host/code_watch.h"

namespace ddblog::lambda {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostFiles = 20'000;  // ours

FileTime fileTime(const timespec& time) {
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

// Of the file or the link itself.
FileTime changeOf(const fs::path& file) {
  struct stat status {};
  return ::lstat(file.c_str(), &status) == 0 ? fileTime(status.st_ctim) : FileTime::max();
}

}  // namespace

FileTime fileTimeNow() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return fileTime(now);
}

FileTime newestChange(const fs::path& code, const fs::path& ignored) {
  std::error_code error;
  const fs::path root = fs::canonical(code, error);
  if (error) return FileTime::max();
  const fs::path left_out = ignored.empty() ? fs::path() : fs::weakly_canonical(ignored, error);
  FileTime newest = fs::is_symlink(code, error) ? changeOf(code) : FileTime::min();
  if (!fs::is_directory(root, error)) return std::max(newest, changeOf(root));
  fs::recursive_directory_iterator entry(root, error);
  std::size_t seen = 0;
  for (const fs::recursive_directory_iterator end; !error && entry != end; entry.increment(error)) {
    if (++seen > kMostFiles) return FileTime::max();
    std::error_code unknown;
    const fs::path& path = entry->path();
    const bool is_directory = entry->is_directory(unknown) && !entry->is_symlink(unknown);
    if (!isCode(path.filename(), is_directory) || path == left_out) {
      if (is_directory) entry.disable_recursion_pending();
    } else if (!is_directory) {
      newest = std::max(newest, changeOf(path));
    }
  }
  return error ? FileTime::max() : newest;
}

}  // namespace ddblog::lambda
