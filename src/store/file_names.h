// The names of the store's files in the data directory.
#pragma once

#include <string_view>

namespace ddblog {

inline constexpr std::string_view kLockName = "in-use.lock";  // directory_lock.h
inline constexpr std::string_view kStoreName = "store";       // RocksDB's files

}  // namespace ddblog
