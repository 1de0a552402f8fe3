// A program of the machine that runs as a child process until this object goes.
//
// Its signals are as at a login: none is blocked or ignored. Its input is empty.
//
// Thread safety: an object belongs to one thread at a time.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ddblog {

struct ChildProgram {
  std::vector<std::string> arguments;              // the first one is found in PATH
  std::filesystem::path directory = {};            // its working directory; empty: this process's
  std::vector<std::pair<int, int>> descriptors{};  // of this process, and what they are in the child
  // What it starts ends with it. But Ctrl-C on the terminal no longer reaches it.
  bool has_own_group = false;
};

class ChildProcess {
 public:
  // Throws std::system_error: it could not be started.
  explicit ChildProcess(ChildProgram program);
  // Kills it unless it was waited for, or its group.
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;

  // Waits for its end. Returns its exit status; 128 and the signal's number, if a signal ended it.
  int wait();
  // As wait(), but does not wait: std::nullopt while it runs.
  std::optional<int> hasEnded();
  // Asks it to end (SIGTERM); it may not.
  void terminate() const;

 private:
  pid_t process_ = 0;
  bool has_own_group_;
  std::optional<int> status_;  // since it was waited for
};

}  // namespace ddblog
