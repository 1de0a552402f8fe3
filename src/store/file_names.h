// The names of the store's files in the data directory.
#pragma once

#include <string_view>

namespace ddblog {

inline constexpr std::string_view kLockName = "in-use.lock";  // directory_lock.h
inline constexpr std::string_view kStoreName = "store";       // RocksDB's files

inline constexpr std::string_view kCommitMarkName = "commit-mark";  // commit_mark.h, in kStoreName
inline constexpr std::string_view kProbeName = "probe";             // committed_state.h, in kStoreName

}  // namespace ddblog
