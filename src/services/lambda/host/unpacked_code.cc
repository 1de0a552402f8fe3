#include "services/lambda/host/unpacked_code.h"

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <system_error>

#include "services/lambda/code/limits.h"
#include "services/lambda/code/zip_archive.h"

namespace ddblog::lambda {

namespace fs = std::filesystem;

bool isArchive(const fs::path& code_directory) { return code_directory.extension() == ".zip"; }

void UnpackedCode::readBy(ReadCode read) {
  MutexLock lock(mutex_);
  read_ = std::move(read);
}

UnpackedCode::Directory UnpackedCode::get(const Code& code) {
  MutexLock lock(mutex_);
  return unpack(code.sha256, [&]() REQUIRES(mutex_) { return read_(code); });
}

UnpackedCode::Directory UnpackedCode::get(const fs::path& archive) {
  std::error_code error;
  const std::uintmax_t size = fs::file_size(archive, error);
  const auto written = error ? fs::file_time_type() : fs::last_write_time(archive, error);
  if (error) throw NotBuilt("the code archive " + archive.string() + " does not exist (not built yet?)");
  if (size > limits::kZippedBytes) throw std::runtime_error("the code archive " + archive.string() + " is over 50 MB");
  const std::string key =
      archive.string() + ":" + std::to_string(size) + ":" + std::to_string(written.time_since_epoch().count());
  MutexLock lock(mutex_);
  return unpack(key, [&] {
    std::ifstream in(archive, std::ios::binary);
    return std::string{std::istreambuf_iterator<char>(in), {}};
  });
}

UnpackedCode::Directory UnpackedCode::unpack(const std::string& key, const std::function<std::string()>& read) {
  std::weak_ptr<const fs::path>& known = directories_[key];
  if (Directory found = known.lock()) return found;
  // A name of its own: the former directory may still be being removed.
  const fs::path path = parent_ / ("code-" + std::to_string(++last_number_));
  fs::create_directories(path);
  Directory directory(new fs::path(path), [](const fs::path* removed) {
    std::error_code ignored;
    fs::remove_all(*removed, ignored);
    delete removed;
  });
  unpackZip(read(), path);
  known = directory;
  return directory;
}

}  // namespace ddblog::lambda
