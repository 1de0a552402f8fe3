// The files of a store as a crash at this moment would leave them.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <system_error>

namespace ddblog {

// Copies the files of a folder into a new one, as they are at one moment. The store may be open, but nobody may write
// to it: RocksDB merges tables and deletes files that it no longer needs on threads of its own, and a copy during which
// it did so begins anew.
inline void copyAsAfterCrash(const std::filesystem::path& from, const std::filesystem::path& to) {
  namespace fs = std::filesystem;
  const auto sizes = [&from] {
    std::map<fs::path, std::uintmax_t> found;
    std::error_code gone;
    for (const auto& file : fs::directory_iterator(from)) found[file.path()] = fs::file_size(file.path(), gone);
    return found;
  };
  for (auto before = sizes();;) {
    fs::remove_all(to);
    fs::create_directory(to);
    for (const auto& [file, size] : before) {
      std::error_code error;
      fs::copy_file(file, to / file.filename(), error);
      if (error && error != std::errc::no_such_file_or_directory)
        throw fs::filesystem_error("cannot copy", file, error);
    }
    auto after = sizes();
    if (after == before) return;
    before = std::move(after);
  }
}

}  // namespace ddblog
