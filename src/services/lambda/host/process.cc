#include "services/lambda/host/process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>

#include "services/lambda/host/old_kernels.h"

namespace ddblog::lambda {

namespace {

std::string signalName(int number) {
  switch (number) {  // in Go's words, which Lambda shows
    case SIGKILL:
      return "killed";
    case SIGTERM:
      return "terminated";
    case SIGSEGV:
      return "segmentation fault";
    case SIGABRT:
      return "aborted";
    case SIGINT:
      return "interrupt";
    case SIGHUP:
      return "hangup";
    case SIGBUS:
      return "bus error";
    case SIGFPE:
      return "floating point exception";
    case SIGILL:
      return "illegal instruction";
    case SIGPIPE:
      return "broken pipe";
    default:
      return "signal " + std::to_string(number);
  }
}

enum class Step : int { kNone, kParent, kDirectory, kExecute };

// The child's data, prepared before vfork: between vfork and exec the child shares our memory and
// may only make system calls.
struct Child {
  std::vector<char*> arguments;
  std::vector<char*> environment;
  const char* directory;
  int input;
  int output;
  unsigned descriptor_limit;
  pid_t parent;
  sigset_t signals;  // our mask, which the child restores
  volatile Step failed_step = Step::kNone;
  volatile int error = 0;
};

[[noreturn]] void fail(Child& child, Step step) {
  child.error = errno;
  child.failed_step = step;
  _exit(127);
}

[[noreturn]] void becomeChild(Child& child) {
  setpgid(0, 0);
  umask(022);  // as in AWS
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != child.parent) fail(child, Step::kParent);  // the server has already died
  for (const int number : {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGCHLD, SIGQUIT, SIGUSR1, SIGUSR2})
    signal(number, SIG_DFL);
  dup2(child.input, STDIN_FILENO);
  dup2(child.output, STDOUT_FILENO);
  dup2(child.output, STDERR_FILENO);
  closeOnExecFrom3(child.descriptor_limit);
  if (chdir(child.directory) != 0) fail(child, Step::kDirectory);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  execve(child.arguments[0], child.arguments.data(), child.environment.data());
  fail(child, Step::kExecute);
}

// A function of its own, so that only `child` is live across vfork.
[[gnu::noinline]] pid_t startChild(Child& child) {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &child.signals);  // no signal handler of ours may run in the child
  const pid_t pid = vfork();
  if (pid == 0) becomeChild(child);
  const int error = errno;
  // ThreadSanitizer replaces vfork with fork. Then the child may not have its group yet, and kill() would miss it.
  if (pid > 0) setpgid(pid, pid);
  pthread_sigmask(SIG_SETMASK, &child.signals, nullptr);
  errno = error;
  return pid;
}

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (const std::string& text : texts) result.push_back(const_cast<char*>(text.c_str()));
  result.push_back(nullptr);
  return result;
}

// /dev/null, or an empty file if that device does not exist.
int openEmptyInput() {
  const int null_device = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  return null_device >= 0 ? null_device : ::memfd_create("empty input", MFD_CLOEXEC);
}

// An upper bound for all descriptor numbers.
unsigned descriptorLimit() {
  constexpr rlim_t kMost = 1u << 20;  // the kernel's own default limit for a process
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  return static_cast<unsigned>(std::min(limit.rlim_cur, kMost));
}

}  // namespace

std::string ExitStatus::toString() const {
  return signalled ? "signal: " + signalName(number) : "exit status " + std::to_string(number);
}

Process::~Process() {
  if (output_ >= 0) ::close(output_);
  if (pid_descriptor_ >= 0) ::close(pid_descriptor_);
}

void Process::spawn(const CommandLine& command) {
  MutexLock lock(process_mutex_);
  if (killed_) throw std::runtime_error("it was stopped before it started");
  int pipe[2];
  if (::pipe2(pipe, O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
  const int empty_input = openEmptyInput();
  if (empty_input < 0) {
    const int error = errno;
    ::close(pipe[0]);
    ::close(pipe[1]);
    throw std::system_error(error, std::generic_category(), "no empty input");
  }
  Child child{pointers(command.arguments),
              pointers(command.environment),
              command.directory.c_str(),
              empty_input,
              pipe[1],
              descriptorLimit(),
              getpid(),
              {}};
  const pid_t pid = startChild(child);
  int error = errno;
  ::close(pipe[1]);
  ::close(empty_input);
  if (pid > 0 && child.failed_step == Step::kNone) {
    const int pid_descriptor = openProcessEnd(pid);
    if (pid_descriptor >= 0) {
      pid_ = pid;
      pid_descriptor_ = pid_descriptor;
      ::fcntl(pipe[0], F_SETFL, O_NONBLOCK);
      {
        MutexLock output_lock(output_mutex_);
        output_ = pipe[0];
      }
      supervisor_.watch(pipe[0], [self = shared_from_this()] { self->readOutput(); });
      supervisor_.watch(pid_descriptor_, [self = shared_from_this()] { self->ended(); });
      return;
    }
    error = errno;
    ::kill(-pid, SIGKILL);
  }
  ::close(pipe[0]);
  if (pid > 0) ::waitpid(pid, nullptr, 0);
  if (pid < 0 || child.failed_step == Step::kNone) {
    throw std::system_error(error, std::generic_category(), "no process could be made");
  }
  const std::string what =
      child.failed_step == Step::kDirectory ? "code directory " + command.directory.string() : command.arguments[0];
  throw std::system_error(child.error, std::generic_category(), what);
}

void Process::kill() {
  MutexLock lock(process_mutex_);
  killed_ = true;
  if (pid_ > 0) ::kill(-pid_, SIGKILL);
}

void Process::readOutput() {
  MutexLock lock(output_mutex_);
  readOutputLocked();
}

void Process::readOutputLocked() {
  if (output_ < 0) return;
  char buffer[16 << 10];
  // Bounded, so that one process that writes endlessly does not keep the supervisor from the
  // others.
  for (int round = 0; round < 64; ++round) {
    const ssize_t count = ::read(output_, buffer, sizeof buffer);
    if (count > 0) {
      lines_.add(std::string_view(buffer, static_cast<std::size_t>(count)), on_line_);
      continue;
    }
    if (count < 0 && errno == EINTR) continue;
    if (count == 0) {
      // All writers have closed the pipe, so its watcher would be called again and again. The
      // descriptor is closed with the process.
      supervisor_.post([self = shared_from_this(), output = output_] {
        MutexLock job_lock(self->output_mutex_);
        if (self->output_ == output) self->supervisor_.unwatch(output);  // else the number may have been reused
      });
    }
    return;
  }
}

void Process::beginTail(std::string_view first_line) {
  MutexLock lock(output_mutex_);
  readOutputLocked();
  lines_.beginTail();
  lines_.note(first_line);
}

std::string Process::takeTail(std::string_view last_lines) {
  MutexLock lock(output_mutex_);
  readOutputLocked();
  lines_.note(last_lines);
  return lines_.takeTail();
}

void Process::ended() {
  const auto self = shared_from_this();  // the watchers removed below hold the last references
  ExitStatus status;
  supervisor_.unwatch(pid_descriptor_);
  {
    MutexLock lock(process_mutex_);
    // Until the leader is reaped its number is not reused, so this reaches only its own group.
    ::kill(-pid_, SIGKILL);
    siginfo_t information{};
    while (::waitid(P_PID, static_cast<id_t>(pid_), &information, WEXITED) != 0 && errno == EINTR) {
    }
    status = {information.si_code != CLD_EXITED, information.si_status};
    pid_ = -1;
  }
  {
    MutexLock lock(output_mutex_);
    readOutputLocked();
    lines_.finish(on_line_);
    supervisor_.unwatch(output_);
    ::close(output_);
    output_ = -1;
  }
  on_exit_(status);
}

}  // namespace ddblog::lambda
