#include "deploy/package/file_content.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/digests.h"
#include "deploy/package/package_error.h"

namespace ddblog::deploy {

namespace {

class Descriptor {
 public:
  explicit Descriptor(const std::filesystem::path& file) : number_(::open(file.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  int number() const { return number_; }

 private:
  const int number_;
};

}  // namespace

std::string contentOf(const PackedFile& file) {
  const auto fail = [&file] {
    throw PackageError("cannot read " + file.source.string() + ": " + std::strerror(errno));
  };
  const Descriptor descriptor(file.source);
  if (descriptor.number() < 0) fail();
  // One byte more than there should be: so the end is seen, and a file that grows is noticed.
  std::string content(file.bytes + 1, '\0');
  std::size_t size = 0;
  while (size < content.size()) {
    const ssize_t count = ::read(descriptor.number(), content.data() + size, content.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail();
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
  }
  if (size > file.bytes) throw PackageError(file.source.string() + " grows while it is packed");
  content.resize(size);
  return content;
}

void ContentKey::add(const PackedFile& file, std::string_view content) {
  manifest_ += (file.is_executable ? "0755 " : "0644 ") + sha256Hex(content) + " " + std::to_string(file.path.size()) +
               " " + file.path + "\n";
}

std::string ContentKey::finish() const { return sha256Hex(manifest_); }

std::string contentKey(const std::vector<PackedFile>& files) {
  ContentKey key;
  for (const PackedFile& file : files) key.add(file, contentOf(file));
  return key.finish();
}

}  // namespace ddblog::deploy
