#include "services/lambda/code/zip_archive.h"

#include <fcntl.h>
#include <minizip/unzip.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "services/lambda/code/limits.h"

namespace ddblog::lambda {

namespace {

namespace fs = std::filesystem;

BadZip unreadable(const std::string& why) { return {BadZip::Kind::kUnreadable, why}; }

BadZip tooLarge() {
  return {BadZip::Kind::kTooLarge,
          "Unzipped size must be smaller than " + std::to_string(limits::kUnzippedBytes) + " bytes"};
}

// The archive as minizip reads it: a file in memory.
struct Memory {
  std::string_view bytes;
  std::uint64_t position = 0;
};

Memory& memoryOf(voidpf stream) { return *static_cast<Memory*>(stream); }

zlib_filefunc64_def memoryFunctions(Memory& memory) {
  zlib_filefunc64_def functions{};
  functions.opaque = &memory;
  functions.zopen64_file = [](voidpf opaque, const void*, int) -> voidpf { return opaque; };
  functions.zread_file = [](voidpf, voidpf stream, void* buffer, uLong size) -> uLong {
    Memory& file = memoryOf(stream);
    const std::uint64_t left = file.bytes.size() - std::min<std::uint64_t>(file.position, file.bytes.size());
    const std::uint64_t count = std::min<std::uint64_t>(size, left);
    if (count > 0) std::memcpy(buffer, file.bytes.data() + file.position, count);
    file.position += count;
    return count;
  };
  functions.zwrite_file = [](voidpf, voidpf, const void*, uLong) -> uLong { return 0; };
  functions.ztell64_file = [](voidpf, voidpf stream) -> ZPOS64_T { return memoryOf(stream).position; };
  functions.zseek64_file = [](voidpf, voidpf stream, ZPOS64_T offset, int origin) -> long {
    Memory& file = memoryOf(stream);
    const std::uint64_t from = origin == ZLIB_FILEFUNC_SEEK_CUR   ? file.position
                               : origin == ZLIB_FILEFUNC_SEEK_END ? file.bytes.size()
                                                                  : 0;
    if (offset > file.bytes.size() || from + offset > file.bytes.size()) return -1;
    file.position = from + offset;
    return 0;
  };
  functions.zclose_file = [](voidpf, voidpf) -> int { return 0; };
  functions.zerror_file = [](voidpf, voidpf) -> int { return 0; };
  return functions;
}

struct Entry {
  std::string name;
  std::uint64_t compressed_size = 0;
  mode_t mode = 0;
  bool is_directory = false;
  bool is_link = false;
};

// The name as a path below the directory. Throws BadZip.
void checkName(const std::string& name) {
  if (name.empty() || name.front() == '/' || name.find('\0') != std::string::npos) {
    throw unreadable("an entry has a bad name");
  }
  for (const fs::path& part : fs::path(name)) {
    if (part == "..") throw unreadable("the entry " + name + " is outside the archive");
  }
}

Entry readEntry(unzFile archive) {
  unz_file_info64 info{};
  if (unzGetCurrentFileInfo64(archive, &info, nullptr, 0, nullptr, 0, nullptr, 0) != UNZ_OK ||
      info.size_filename > limits::kZipName || (info.flag & 1) != 0) {
    throw unreadable("an entry cannot be read");
  }
  Entry entry;
  entry.name.resize(info.size_filename + 1);
  if (unzGetCurrentFileInfo64(archive, &info, entry.name.data(), entry.name.size(), nullptr, 0, nullptr, 0) != UNZ_OK) {
    throw unreadable("an entry cannot be read");
  }
  entry.name.resize(info.size_filename);
  checkName(entry.name);
  if (info.uncompressed_size > limits::kUnzippedBytes) throw tooLarge();
  entry.compressed_size = info.compressed_size;
  const auto mode = static_cast<mode_t>(info.external_fa >> 16);  // 0 if it was not made on Unix
  entry.mode = (mode & 0777) == 0 ? 0644 : mode & 0777;
  entry.is_directory = entry.name.back() == '/';
  entry.is_link = S_ISLNK(mode);
  return entry;
}

using Sink = std::function<void(std::string_view)>;

// Passes on the content of the current entry. `left`: how many bytes the rest of the archive may have.
void readContent(unzFile archive, std::size_t& left, const Sink& sink) {
  if (unzOpenCurrentFile(archive) != UNZ_OK) throw unreadable("an entry cannot be read");
  char buffer[64 << 10];
  int count;
  while ((count = unzReadCurrentFile(archive, buffer, sizeof buffer)) > 0) {
    if (static_cast<std::size_t>(count) > left) {
      unzCloseCurrentFile(archive);
      throw tooLarge();
    }
    left -= static_cast<std::size_t>(count);
    sink(std::string_view(buffer, static_cast<std::size_t>(count)));
  }
  if (unzCloseCurrentFile(archive) != UNZ_OK || count < 0) throw unreadable("an entry is damaged");
}

// Calls `take` for each entry; it reads the entry's content through the function that it gets.
void forEachEntry(std::string_view bytes,
                  const std::function<void(const Entry&, const std::function<void(const Sink&)>&)>& take) {
  Memory memory{bytes};
  zlib_filefunc64_def functions = memoryFunctions(memory);
  const std::unique_ptr<void, int (*)(unzFile)> archive(unzOpen2_64("", &functions), unzClose);
  if (!archive) throw unreadable("it is not a zip archive");
  std::size_t left = limits::kUnzippedBytes;
  std::size_t entries = 0;
  std::uint64_t compressed = 0;
  int status = unzGoToFirstFile(archive.get());
  for (; status == UNZ_OK; status = unzGoToNextFile(archive.get())) {
    if (++entries > limits::kZipEntries) throw tooLarge();
    const Entry entry = readEntry(archive.get());
    compressed += entry.compressed_size;
    if (entry.compressed_size > bytes.size() || compressed > bytes.size()) throw unreadable("its entries overlap");
    take(entry, [&](const Sink& sink) { readContent(archive.get(), left, sink); });
  }
  if (status != UNZ_END_OF_LIST_OF_FILE) throw unreadable("its directory is damaged");
}

std::system_error failed(const fs::path& path) {
  return {errno, std::generic_category(), path.string() + " cannot be written"};
}

// A new file; nothing is written through a link.
class OutputFile {
 public:
  OutputFile(const fs::path& path, mode_t mode)
      : path_(path),
        descriptor_(
            ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, mode | S_IRUSR | S_IWUSR)) {
    if (descriptor_ < 0) throw failed(path_);
  }
  ~OutputFile() { ::close(descriptor_); }
  OutputFile(const OutputFile&) = delete;

  void write(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t count = ::write(descriptor_, bytes.data(), bytes.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) throw failed(path_);
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
  }

 private:
  const fs::path path_;
  const int descriptor_;
};

}  // namespace

void checkZip(std::string_view bytes) {
  forEachEntry(bytes,
               [](const Entry&, const std::function<void(const Sink&)>& read) { read([](std::string_view) {}); });
}

void unpackZip(std::string_view bytes, const fs::path& directory) {
  std::vector<std::pair<fs::path, std::string>> links;  // and where they lead
  forEachEntry(bytes, [&](const Entry& entry, const std::function<void(const Sink&)>& read) {
    const fs::path path = directory / entry.name;
    fs::create_directories(entry.is_directory ? path : path.parent_path());
    if (entry.is_directory) return;
    if (entry.is_link) {
      std::string target;
      read([&](std::string_view piece) {
        if (target.size() + piece.size() > limits::kZipName) throw unreadable("a link's target is too long");
        target += piece;
      });
      links.emplace_back(path, target);
      return;
    }
    OutputFile file(path, entry.mode);
    read([&](std::string_view piece) { file.write(piece); });
  });
  for (const auto& [path, target] : links) fs::create_symlink(target, path);
}

}  // namespace ddblog::lambda
