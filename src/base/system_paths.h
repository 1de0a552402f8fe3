// Paths that depend on the machine. They exist in an empty root directory too (a container made of one file), where there
// is no /proc and no /tmp.
//
// Thread safety: from any thread, as long as nobody changes the environment or the working directory.
#pragma once

#include <filesystem>
#include <string>

namespace ddblog {

// A path by which a child process can execute this program again: /proc/self/exe, which is right even when the file has
// been replaced; without /proc, the path by which it was started.
std::string programPath();

// $TMPDIR or /tmp; without them, the working directory.
std::filesystem::path temporaryDirectory();

}  // namespace ddblog
