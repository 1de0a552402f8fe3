#include "base/files.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <system_error>

namespace ddblog {
namespace {

[[noreturn]] void fail(const char* what, const std::filesystem::path& path, int error) {
  throw std::runtime_error(std::string(what) + path.string() + ": " + std::strerror(error));
}

void sync(const std::filesystem::path& path, int flags) {
  const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC);
  const int failed = descriptor < 0 || ::fsync(descriptor) != 0 ? errno : 0;
  if (descriptor >= 0) ::close(descriptor);
  if (failed) fail("cannot write ", path, failed);
}

}  // namespace

void syncDirectory(const std::filesystem::path& directory) { sync(directory, O_RDONLY | O_DIRECTORY); }

void syncFile(const std::filesystem::path& file) { sync(file, O_RDONLY); }

void writeFile(const std::filesystem::path& file, std::string_view content) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out.write(content.data(), static_cast<std::streamsize>(content.size()));
  out.close();
  if (!out) fail("cannot write ", file, errno);
  syncFile(file);
}

bool isFile(const std::filesystem::path& path) {
  std::error_code unknown;
  return std::filesystem::is_regular_file(path, unknown);
}

bool isDirectory(const std::filesystem::path& path) {
  std::error_code unknown;
  return std::filesystem::is_directory(path, unknown);
}

std::string readFile(const std::filesystem::path& file, std::size_t limit) {
  std::ifstream in(file, std::ios::binary);
  if (!in) fail("cannot read ", file, errno);
  std::string content;
  std::string piece(64u << 10, '\0');
  do {
    in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    content.append(piece, 0, static_cast<std::size_t>(in.gcount()));
  } while (in && content.size() <= limit);
  if (in.bad()) fail("cannot read ", file, errno);  // a directory
  if (content.size() > limit) throw std::runtime_error(file.string() + " is too large to be what it should be");
  return content;
}

std::filesystem::path pathForDamaged(const std::filesystem::path& file) {
  const std::string first = file.string() + ".damaged";
  std::string path = first;
  for (int copy = 2; std::filesystem::exists(path); ++copy) path = first + "-" + std::to_string(copy);
  return path;
}

}  // namespace ddblog
