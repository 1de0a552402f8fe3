// When a function's code on the disk was last changed.
//
// Thread safety: stateless functions.
#pragma once

#include <chrono>
#include <filesystem>

namespace ddblog::lambda {

// The machine's time, with which file systems stamp changes, and not the Clock's. A stamp can be some milliseconds
// before the change (a tick of the kernel), never after it.
using FileTime = std::chrono::nanoseconds;

FileTime fileTimeNow();

// The newest change (stat(2), st_ctim) of the files at or below `code`, of those that can be code (isCode,
// code_watch.h). Symbolic links below it are not followed, and a file that was removed leaves no trace. `ignored`:
// a directory that does not count; empty: none. FileTime::max(): not known, because `code` cannot be read or has
// more than 20,000 files (ours).
FileTime newestChange(const std::filesystem::path& code, const std::filesystem::path& ignored);

}  // namespace ddblog::lambda
