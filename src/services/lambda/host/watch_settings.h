// How changes of code directories are noticed (code_watch.h).
#pragma once

#include <cstddef>
#include <filesystem>

namespace ddblog::lambda {

struct WatchSettings {
  std::filesystem::path ignored;         // a directory; empty: none
  std::size_t most_directories = 8'192;  // ours: the kernel's default for a user, before Linux 5.11
};

}  // namespace ddblog::lambda
