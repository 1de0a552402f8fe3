// Paths that depend on the machine. They also work in an empty root directory without /proc and
// /tmp (a container made of one file).
//
// Thread safety: any thread, as long as nobody changes the environment or the working directory.
#pragma once

#include <filesystem>
#include <string>

namespace ddblog {

// A path by which a child process can execute this program: /proc/self/exe, which is right even if
// the file was replaced; without /proc, the path by which the program was started.
std::string programPath();

// $TMPDIR or /tmp; if neither exists, the working directory.
std::filesystem::path temporaryDirectory();

}  // namespace ddblog
