// Removing a data directory of the offline cloud, and nothing else.
//
// Only what the offline cloud itself puts into it is removed: a directory that holds anything else, or that never was a
// data directory, is refused. While a process has it open it is refused too (StoreInUse).
//
// Thread safety: none; nothing may write there meanwhile.
#pragma once

#include <filesystem>

namespace ddblog::cli {

inline constexpr const char* kDefaultDataDirectory = ".dynamodb-log";

// Throws std::invalid_argument when `directory` is not there, was never a data directory, or holds something else
// (named).
void checkDataDirectory(const std::filesystem::path& directory);

// Removes it with all that is in it. Throws what checkDataDirectory does, StoreInUse, and
// std::filesystem::filesystem_error.
void removeDataDirectory(const std::filesystem::path& directory);

}  // namespace ddblog::cli
