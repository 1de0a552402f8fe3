// The process between the cloud and a function's process. It ends everything that the function has
// started, however it was started:
//
//   cloud -> reaper -> the function's process -> its children
//
// The reaper adopts what loses its parent below it (PR_SET_CHILD_SUBREAPER). So a child that made
// its own session or process group, or that was forked twice, stays below the reaper. It sends
// SIGKILL to all of them when the function's process ends, at kReapSignal (Process::kill), and when
// the cloud ends, also by SIGKILL (PR_SET_PDEATHSIG). If somebody kills the reaper itself, the kernel
// ends the function's process, and nobody ends its children.
//
// At kEndSignal (Process::end) a function's process that handles SIGTERM gets that first, and 500 ms:
// what AWS gives a function with an extension.
//
// A reaper is the same program with other arguments, so it shares its pages with the cloud:
//
//   PROGRAM reap DIRECTORY FUNCTION_PROGRAM ARGUMENT…
//
// A program with a FunctionHost calls runReaper first of all, if isReaper: the arguments are these, and
// descriptor 3 is a pipe, so whoever types them gets "unknown command". Descriptors 0 to 2 are the
// function's, and so are the variables that begin with kHidden, which keeps LD_PRELOAD and the like from
// acting on the reaper. All signals are blocked. On descriptor 3 the reaper writes one ReaperReport,
// and ends. Rejected: the cloud as the subreaper,
// which cannot tell whose children it adopts, and does not outlive its own SIGKILL.
//
// Limits: it waits at most 5 s for the end of what it has killed. Processes that run as another user
// stay. Without /proc, or in a kernel without CONFIG_PROC_CHILDREN, it ends the process group only.
// Thread safety: none; the process has one thread.
#pragma once

#include <signal.h>

namespace ddblog::lambda {

constexpr const char* kReapArgument = "reap";
constexpr char kHidden = '-';
constexpr int kReportDescriptor = 3;
constexpr int kEndSignal = SIGUSR1;
constexpr int kReapSignal = SIGUSR2;  // SIGTERM goes to all processes of the name if somebody runs killall

// How far the start of a function's process came.
enum class StartStep : int { kParent, kReaper, kDirectory, kProgram };

// One write(2) of less than PIPE_BUF bytes. If there are several, the first one counts.
struct ReaperReport {
  enum class Kind : int { kNotStarted, kEnded };
  Kind kind;
  StartStep failed_step;  // kNotStarted
  bool signalled;         // kEnded
  int number;             // kNotStarted: errno; kEnded: the exit status or the signal
};

// Reports errno at this step, and ends the process. Makes only system calls, so it is safe between
// vfork and exec.
[[noreturn]] void reportNotStarted(StartStep step);

// Whether the program's arguments are those of a reaper.
bool isReaper(int argc, char** argv);

[[noreturn]] void runReaper(char** argv);

}  // namespace ddblog::lambda
