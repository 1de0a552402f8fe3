#include "deploy/package/file_list.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/utf8.h"
#include "deploy/package/limits.h"
#include "deploy/package/package_error.h"

namespace ddblog::deploy {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLevels = 100;

struct stat statusOf(const fs::path& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) == 0) return status;
  const bool is_link = fs::is_symlink(fs::symlink_status(file));
  if (is_link && errno == ENOENT) throw PackageError(file.string() + " is a link that leads nowhere");
  throw PackageError("cannot read " + file.string() + ": " + std::strerror(errno));
}

bool isUtf8(const std::string& text) {
  for (std::size_t place = 0; place < text.size();) {
    const std::size_t length = utf8Length(text, place);
    if (length == 0) return false;
    place += length;
  }
  return true;
}

PackedFile packed(const fs::path& source, const std::string& path, const struct stat& status) {
  if (!S_ISREG(status.st_mode)) throw PackageError(source.string() + " is no file: it cannot be packed");
  if (path.size() > limits::kZipName) throw PackageError("the name of " + source.string() + " is too long");
  if (!isUtf8(path)) throw PackageError("the name of " + source.string() + " is no UTF-8");
  return {path, source, (status.st_mode & 0111) != 0, static_cast<std::uint64_t>(status.st_size)};
}

class Walk {
 public:
  Walk(const Exclusions& exclusions, std::vector<PackedFile>& files) : exclusions_(exclusions), files_(files) {}

  void enter(const fs::path& directory, const std::string& prefix, bool is_left_out) {
    const struct stat status = statusOf(directory);
    const Identity identity{status.st_dev, status.st_ino};
    if (std::ranges::find(open_, identity) != open_.end() || open_.size() >= kLevels) {
      throw PackageError(directory.string() + " is a link that leads into itself");
    }
    open_.push_back(identity);
    std::error_code error;
    for (fs::directory_iterator entry(directory, error), end; !error && entry != end; entry.increment(error)) {
      take(entry->path(), prefix + entry->path().filename().string(), is_left_out);
    }
    if (error) throw PackageError("cannot read " + directory.string() + ": " + error.message());
    open_.pop_back();
  }

 private:
  using Identity = std::pair<dev_t, ino_t>;

  void take(const fs::path& source, const std::string& path, bool is_parent_left_out) {
    const bool is_left_out = exclusions_.leavesOut(path, is_parent_left_out);
    if (is_left_out && !exclusions_.canTakeBack()) return;
    const struct stat status = statusOf(source);
    if (S_ISDIR(status.st_mode)) return enter(source, path + "/", is_left_out);
    if (is_left_out) return;
    if (files_.size() >= limits::kZipEntries) throw PackageError(source.string() + ": more than 100,000 files");
    files_.push_back(packed(source, path, status));
  }

  const Exclusions& exclusions_;
  std::vector<PackedFile>& files_;
  std::vector<Identity> open_;  // the directories on the way to the current one
};

}  // namespace

std::vector<PackedFile> filesBelow(const fs::path& directory, const Exclusions& exclusions) {
  std::vector<PackedFile> files;
  Walk(exclusions, files).enter(directory, "", false);
  std::ranges::sort(files, {}, &PackedFile::path);
  return files;
}

PackedFile fileAs(const fs::path& source, const std::string& path) { return packed(source, path, statusOf(source)); }

void addFiles(std::vector<PackedFile>& files, std::vector<PackedFile> more) {
  files.insert(files.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  std::ranges::stable_sort(files, {}, &PackedFile::path);
  const auto isSame = [](const PackedFile& one, const PackedFile& other) { return one.path == other.path; };
  files.erase(std::unique(files.begin(), files.end(), isSame), files.end());
}

std::uint64_t bytesOf(const std::vector<PackedFile>& files) {
  std::uint64_t bytes = 0;
  for (const PackedFile& file : files) bytes += file.bytes;
  return bytes;
}

}  // namespace ddblog::deploy
