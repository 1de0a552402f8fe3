// A file that has no name in any directory: however the process ends, nothing of it is left.
//
// Where the file system makes no such files (O_TMPFILE), it has a name, received-…, for the moment between being made
// and losing it: of a process that is killed just then it is left, empty.
//
// Errors: std::runtime_error with the operating system's words. Thread safety: none.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

namespace ddblog::snapshots {

class NamelessFile {
 public:
  // `directory`: whose file system it takes its room from.
  explicit NamelessFile(const std::filesystem::path& directory);
  ~NamelessFile();
  NamelessFile(const NamelessFile&) = delete;

  void write(std::uint64_t offset, std::string_view bytes);
  std::uint64_t size() const { return size_; }
  // By which this process can open it while this object is there.
  std::filesystem::path path() const;

 private:
  int descriptor_ = -1;
  std::uint64_t size_ = 0;
};

}  // namespace ddblog::snapshots
