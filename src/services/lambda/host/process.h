// One child process: starts it, reads its output line by line, kills it, and reports its end.
//
// The process gets its own process group (so its children end with it), its code directory as
// working directory, exactly the given environment, an empty input, one pipe for output and errors
// (which keeps their order), and no other descriptor of ours. It dies with this server
// (PR_SET_PDEATHSIG), however the server ends.
//
// vfork instead of fork: a fork would copy the page tables of a server with a large cache for every
// function process. Thread safety: kill and readOutput may be called from any thread; spawn on the
// supervisor's thread.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/thread_annotations.h"
#include "services/lambda/host/log_lines.h"
#include "services/lambda/host/supervisor.h"

namespace ddblog::lambda {

struct CommandLine {
  std::vector<std::string> arguments;    // the first is the program's path
  std::vector<std::string> environment;  // "NAME=value"
  std::filesystem::path directory;
};

// How a process ended.
struct ExitStatus {
  bool signalled = false;
  int number = 0;  // exit status or signal number

  // In Lambda's words: "exit status 1", "signal: killed".
  std::string toString() const;
};

class Process : public std::enable_shared_from_this<Process> {
 public:
  using OnLine = std::function<void(std::string_view)>;  // one line of output; on any thread, one at a time
  using OnExit = std::function<void(ExitStatus)>;        // once, on the supervisor's thread, after the last line

  Process(Supervisor& supervisor, OnLine on_line, OnExit on_exit)
      : supervisor_(supervisor), on_line_(std::move(on_line)), on_exit_(std::move(on_exit)) {}
  ~Process();

  // Starts the process, on the supervisor's thread. Throws std::system_error or std::runtime_error
  // with a one-line message; then on_exit is not called.
  void spawn(const CommandLine& command);

  // Sends SIGKILL to its whole group. Before the start: prevents the start. After the end: does
  // nothing.
  void kill();

  // Reads the available output without waiting.
  void readOutput();
  void beginTail(std::string_view first_line);
  // Its output since beginTail, followed by `last_lines`; the last 4 KB of both.
  std::string takeTail(std::string_view last_lines);

 private:
  void readOutputLocked() REQUIRES(output_mutex_);
  void ended();

  Supervisor& supervisor_;
  const OnLine on_line_;
  const OnExit on_exit_;

  Mutex process_mutex_;
  pid_t pid_ GUARDED_BY(process_mutex_) = -1;  // -1: not started yet, or its end was seen
  bool killed_ GUARDED_BY(process_mutex_) = false;
  int pid_descriptor_ = -1;

  Mutex output_mutex_;
  int output_ GUARDED_BY(output_mutex_) = -1;
  LogLines lines_ GUARDED_BY(output_mutex_);
};

}  // namespace ddblog::lambda
