#include "snapshots/anonymous_file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string>

namespace ddblog::snapshots {

AnonymousFile::AnonymousFile(const std::filesystem::path& directory) {
  descriptor_ = ::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (descriptor_ < 0 && errno == EOPNOTSUPP) {
    std::string name = (directory / "received-XXXXXX").string();
    descriptor_ = ::mkostemp(name.data(), O_CLOEXEC);
    if (descriptor_ >= 0) ::unlink(name.c_str());
  }
  if (descriptor_ < 0) {
    throw std::runtime_error("cannot create a file in " + directory.string() + ": " + std::strerror(errno));
  }
}

AnonymousFile::~AnonymousFile() { ::close(descriptor_); }

void AnonymousFile::write(std::uint64_t offset, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw std::runtime_error(std::string("cannot write the received data: ") + std::strerror(errno));
    bytes.remove_prefix(static_cast<std::size_t>(written));
    offset += static_cast<std::uint64_t>(written);
    size_ = std::max(size_, offset);
  }
}

std::filesystem::path AnonymousFile::path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

}  // namespace ddblog::snapshots
