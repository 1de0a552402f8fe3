#include "services/lambda/host/unpacked_code.h"

#include <system_error>

#include "services/lambda/code/zip_archive.h"

namespace ddblog::lambda {

namespace fs = std::filesystem;

UnpackedCode::Directory UnpackedCode::get(const Code& code) {
  MutexLock lock(mutex_);
  std::weak_ptr<const fs::path>& known = directories_[code.sha256];
  if (Directory found = known.lock()) return found;
  // A name of its own: the former directory may still be being removed.
  const fs::path path = parent_ / ("code-" + std::to_string(++last_number_));
  fs::create_directories(path);
  Directory directory(new fs::path(path), [](const fs::path* removed) {
    std::error_code ignored;
    fs::remove_all(*removed, ignored);
    delete removed;
  });
  unpackZip(read_(code), path);
  known = directory;
  return directory;
}

}  // namespace ddblog::lambda
