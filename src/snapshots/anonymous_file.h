// An anonymous file (O_TMPFILE), so a crash leaves nothing behind.
//
// On file systems without O_TMPFILE it is created with a name, received-…, which is removed at
// once; a process killed in between leaves an empty file.
//
// Errors: std::runtime_error with the operating system's message. Thread safety: none.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

namespace ddblog::snapshots {

class AnonymousFile {
 public:
  // `directory`: on the file system to use.
  explicit AnonymousFile(const std::filesystem::path& directory);
  ~AnonymousFile();
  AnonymousFile(const AnonymousFile&) = delete;

  void write(std::uint64_t offset, std::string_view bytes);
  std::uint64_t size() const { return size_; }
  // A path at which this process can open it while this object exists.
  std::filesystem::path path() const;

 private:
  int descriptor_ = -1;
  std::uint64_t size_ = 0;
};

}  // namespace ddblog::snapshots
