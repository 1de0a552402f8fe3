// The files of a store as a crash at this moment would leave them.
#pragma once

#include <filesystem>
#include <system_error>

namespace ddblog {

// Copies the files of a folder into a new one. The store may be open: RocksDB deletes the files that it
// no longer needs on a thread of its own, so one that vanishes meanwhile is left out.
inline void copyAsAfterCrash(const std::filesystem::path& from, const std::filesystem::path& to) {
  std::filesystem::create_directory(to);
  for (const auto& file : std::filesystem::directory_iterator(from)) {
    std::error_code error;
    std::filesystem::copy_file(file.path(), to / file.path().filename(), error);
    if (error && error != std::errc::no_such_file_or_directory) {
      throw std::filesystem::filesystem_error("cannot copy", file.path(), error);
    }
  }
}

}  // namespace ddblog
