#include "services/lambda/host/reaper.h"

#include <fcntl.h>
#include <link.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "services/lambda/host/process_tree.h"

namespace ddblog::lambda {

namespace {

constexpr int kLongestEnd = 5;                   // in seconds, for processes that were killed
constexpr timespec kPause{0, 10 * 1000 * 1000};  // at most, before children are listed again
constexpr int kGracePauses = 50;                 // that a function's process may take to end itself: 500 ms

// Between vfork and exec: only system calls.
[[noreturn]] void becomeFunction(pid_t reaper, char** arguments, char** environment) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != reaper) reportNotStarted(StartStep::kParent);
  for (const int number : {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGCHLD, SIGQUIT, SIGUSR1, SIGUSR2})
    signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  execve(arguments[0], arguments, environment);
  reportNotStarted(StartStep::kProgram);
}

[[gnu::noinline]] pid_t startFunction(char** arguments) {
  const pid_t reaper = getpid();
  const pid_t pid = vfork();
  if (pid == 0) becomeFunction(reaper, arguments, environ);
  return pid;
}

// Leaves the function's variables, as the function knows them.
void takeEnvironment() {
  char** kept = environ;
  for (char** variable = environ; *variable; ++variable) {
    if (**variable == kHidden) *kept++ = *variable + 1;
  }
  *kept = nullptr;
}

// Unmaps the pages of code and constants that the start of the program has touched. From now on the
// reaper needs few of them, and those the kernel maps again. They are not writable, so nothing is lost.
void dropProgram() {
  const auto drop = [](dl_phdr_info* object, std::size_t, void*) {
    const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    for (int i = 0; i < object->dlpi_phnum; ++i) {
      const auto& segment = object->dlpi_phdr[i];
      if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) != 0) continue;
      const std::uintptr_t begin = (object->dlpi_addr + segment.p_vaddr) / page * page;
      const std::uintptr_t end = object->dlpi_addr + segment.p_vaddr + segment.p_memsz;
      ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);  // NOLINT(performance-no-int-to-ptr)
    }
    return 0;
  };
  dl_iterate_phdr(drop, nullptr);
}

sigset_t awaitedSignals() {
  sigset_t awaited;
  sigemptyset(&awaited);
  sigaddset(&awaited, SIGCHLD);
  sigaddset(&awaited, kEndSignal);
  sigaddset(&awaited, kReapSignal);
  return awaited;
}

// Waits for children that have ended. Sets `report` when it is the function's process.
enum class Children { kNone, kRunning };
Children collect(pid_t function, ReaperReport& report) {
  while (true) {
    siginfo_t ended{};
    if (::waitid(P_ALL, 0, &ended, WEXITED | WNOHANG) != 0) {
      if (errno == EINTR) continue;
      return Children::kNone;
    }
    if (ended.si_pid == 0) return Children::kRunning;
    if (ended.si_pid != function) continue;
    report.kind = ReaperReport::Kind::kEnded;
    report.signalled = ended.si_code != CLD_EXITED;
    report.number = ended.si_status;
  }
}

bool hasEnded(const ReaperReport& report) { return report.kind == ReaperReport::Kind::kEnded; }

// Where /proc is that of another PID namespace, its numbers are not the ones that kill(2) takes.
bool isChild(pid_t process) {
  siginfo_t ignored{};
  return ::waitid(P_PID, static_cast<id_t>(process), &ignored, WEXITED | WNOHANG | WNOWAIT) == 0;
}

// Their own children become this process's, so this goes on until there are none.
void endAll(pid_t function, ReaperReport& report) {
  // Until the function's process is waited for, its number is not reused.
  if (!hasEnded(report)) ::kill(-function, SIGKILL);
  const time_t until = ::time(nullptr) + kLongestEnd;
  const sigset_t awaited = awaitedSignals();
  while (collect(function, report) == Children::kRunning && ::time(nullptr) <= until) {
    const auto children = childrenOf(getpid());
    if (!children && hasEnded(report)) return;
    if (children) {
      for (const pid_t child : *children) {
        if (isChild(child)) ::kill(child, SIGKILL);  // nobody else waits for it, so its number is not reused
      }
    }
    ::sigtimedwait(&awaited, nullptr, &kPause);
  }
}

// Lets the function's process end itself, if it is able to. Ends early at kReapSignal.
void letEnd(pid_t function, ReaperReport& report) {
  if (!handlesSignal(function, SIGTERM)) return;
  ::kill(function, SIGTERM);
  const sigset_t awaited = awaitedSignals();
  int number = 0;
  for (int pause = 0; pause < kGracePauses && number != kReapSignal; ++pause) {
    if (collect(function, report) == Children::kNone || hasEnded(report)) return;
    number = ::sigtimedwait(&awaited, nullptr, &kPause);
  }
}

}  // namespace

void reportNotStarted(StartStep step) {
  const ReaperReport report{ReaperReport::Kind::kNotStarted, step, false, errno};
  [[maybe_unused]] const auto written = ::write(kReportDescriptor, &report, sizeof report);
  _exit(127);
}

bool isReaper(int argc, char** argv) {
  struct stat report {};
  return argc >= 4 && std::strcmp(argv[1], kReapArgument) == 0 && ::fstat(kReportDescriptor, &report) == 0 &&
         S_ISFIFO(report.st_mode);
}

void runReaper(char** argv) {
  sigset_t all;  // the cloud has blocked them before exec, so that none is lost
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, nullptr);
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  signal(SIGCHLD, SIG_DFL);
  ::fcntl(kReportDescriptor, F_SETFD, FD_CLOEXEC);
  takeEnvironment();
  if (::chdir(argv[2]) != 0) reportNotStarted(StartStep::kDirectory);
  const pid_t function = startFunction(argv + 3);
  if (function < 0) reportNotStarted(StartStep::kProgram);
  setpgid(function, function);
  // The function's processes alone keep the output open, and their directory in use.
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::close(descriptor);
  [[maybe_unused]] const int changed = ::chdir("/");
  dropProgram();

  const sigset_t awaited = awaitedSignals();
  ReaperReport report{ReaperReport::Kind::kNotStarted, StartStep::kProgram, true, SIGKILL};
  for (int number = 0; number != kReapSignal; number = ::sigwaitinfo(&awaited, nullptr)) {
    collect(function, report);
    if (!hasEnded(report) && number == kEndSignal) letEnd(function, report);
    if (hasEnded(report) || number == kEndSignal) break;
  }
  endAll(function, report);
  report.kind = ReaperReport::Kind::kEnded;  // a process that does not end counts as killed
  [[maybe_unused]] const auto written = ::write(kReportDescriptor, &report, sizeof report);
  _exit(0);
}

}  // namespace ddblog::lambda
