// One process of a function, with its reaper (reaper.h): starts it, reads its output line by line,
// kills it, and reports its end.
//
// The process gets its own process group, its code directory as working directory, exactly the given
// environment, an empty input, one pipe for output and errors (which keeps their order), and no other
// descriptor of ours. Everything that it starts ends with it. It dies with this server, however the
// server ends.
//
// vfork instead of fork: a fork would copy the page tables of a server with a large cache for every
// function process.
//
// Thread safety: call spawn on the supervisor's thread; kill, end, reaper and what reads the output from
// any thread.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "base/thread_annotations.h"
#include "services/lambda/host/log_lines.h"
#include "services/lambda/host/reaper.h"
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
  // One of the two, once, on the supervisor's thread, after the last line.
  using OnExit = std::function<void(ExitStatus)>;
  using OnNotStarted = std::function<void(const std::system_error&)>;  // what() is one line

  Process(Supervisor& supervisor, OnLine on_line, OnExit on_exit, OnNotStarted on_not_started)
      : supervisor_(supervisor),
        on_line_(std::move(on_line)),
        on_exit_(std::move(on_exit)),
        on_not_started_(std::move(on_not_started)) {}
  ~Process();

  // Starts the process, on the supervisor's thread. Throws std::system_error or std::runtime_error
  // with a one-line message; then neither on_exit nor on_not_started is called.
  void spawn(const CommandLine& command);

  // Ends it and everything that it has started. Before the start: prevents the start. After the end:
  // does nothing.
  void kill();
  // The same, but first lets its own process end itself, if that handles SIGTERM (reaper.h).
  void end();

  // All of its processes are below this one; -1: not started yet, or its end was seen.
  pid_t reaper();

  // Reads the available output without waiting.
  void readOutput();
  // The same at the end of an invocation: an unfinished line of its output becomes a line.
  void finishOutput();
  void beginTail(std::string_view first_line);
  // Its output since beginTail (without one, since the start), followed by `last_lines`; the last 4 KB
  // of both. Without last lines, what was read already (finishOutput).
  std::string takeTail(std::string_view last_lines);

 private:
  void endBy(int number);
  void readOutputLocked() REQUIRES(output_mutex_);
  void reportReady();
  void ended(const ReaperReport& report);

  Supervisor& supervisor_;
  const OnLine on_line_;
  const OnExit on_exit_;
  const OnNotStarted on_not_started_;
  CommandLine command_;  // the supervisor's thread's

  Mutex process_mutex_;
  pid_t reaper_ GUARDED_BY(process_mutex_) = -1;  // as reaper()
  bool killed_ GUARDED_BY(process_mutex_) = false;
  int report_ = -1;  // the reaper's pipe

  Mutex output_mutex_;
  int output_ GUARDED_BY(output_mutex_) = -1;
  LogLines lines_ GUARDED_BY(output_mutex_);
};

}  // namespace ddblog::lambda
