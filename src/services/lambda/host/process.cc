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
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "base/system_paths.h"
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

// The child's data, prepared before vfork: between vfork and exec the child shares our memory and
// may only make system calls.
struct Child {
  const char* program;  // the reaper's
  std::vector<char*> arguments;
  std::vector<char*> environment;
  int input;
  int output;
  int report;
  unsigned descriptor_limit;
  pid_t parent;
  sigset_t signals;  // our mask, which the parent restores
};

// All signals stay blocked: the reaper waits for some of them.
[[noreturn]] void becomeReaper(const Child& child) {
  setpgid(0, 0);
  umask(022);  // as in AWS
  prctl(PR_SET_PDEATHSIG, kReapSignal);
  dup2(child.input, STDIN_FILENO);
  dup2(child.output, STDOUT_FILENO);
  dup2(child.output, STDERR_FILENO);
  dup2(child.report, kReportDescriptor);
  closeOnExecFrom(kReportDescriptor + 1, child.descriptor_limit);
  if (getppid() != child.parent) reportNotStarted(StartStep::kParent);  // the server has already died
  execve(child.program, child.arguments.data(), child.environment.data());
  reportNotStarted(StartStep::kReaper);
}

// A function of its own, so that only `child` is live across vfork.
[[gnu::noinline]] pid_t startReaper(Child& child) {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &child.signals);
  const pid_t pid = vfork();
  if (pid == 0) becomeReaper(child);
  const int error = errno;
  pthread_sigmask(SIG_SETMASK, &child.signals, nullptr);
  errno = error;
  return pid;
}

// A pipe whose ends are above the numbers that the child's descriptors get. Throws
// std::system_error.
struct Pipe {
  Pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
    reader = ends[0];
    writer = ::fcntl(ends[1], F_DUPFD_CLOEXEC, kReportDescriptor + 1);
    const int error = errno;
    ::close(ends[1]);
    if (writer >= 0) return;
    ::close(reader);
    throw std::system_error(error, std::generic_category(), "pipe");
  }
  ~Pipe() {
    if (reader >= 0) ::close(reader);
    ::close(writer);
  }
  Pipe(const Pipe&) = delete;
  // The caller closes it.
  int takeReader() { return std::exchange(reader, -1); }

  int reader;
  int writer;
};

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (const std::string& text : texts) result.push_back(const_cast<char*>(text.c_str()));
  result.push_back(nullptr);
  return result;
}

// The function's variables, hidden, and what the reaper itself needs, which is this program.
std::vector<std::string> reaperEnvironment(const CommandLine& command) {
  std::vector<std::string> variables;
  for (const std::string& variable : command.environment) variables.push_back(kHidden + variable);
  if (const char* libraries = std::getenv("LD_LIBRARY_PATH")) {
    variables.push_back(std::string("LD_LIBRARY_PATH=") + libraries);
  }
  return variables;
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

// What could not be started.
std::string culprit(StartStep step, const CommandLine& command) {
  switch (step) {
    case StartStep::kParent:
      break;
    case StartStep::kReaper:
      return programPath();
    case StartStep::kDirectory:
      return "code directory " + command.directory.string();
    case StartStep::kProgram:
      return command.arguments[0];
  }
  return "no process could be made";
}

}  // namespace

std::string ExitStatus::toString() const {
  return signalled ? "signal: " + signalName(number) : "exit status " + std::to_string(number);
}

Process::~Process() {
  if (output_ >= 0) ::close(output_);
  if (report_ >= 0) ::close(report_);
}

void Process::spawn(const CommandLine& command) {
  MutexLock lock(process_mutex_);
  if (killed_) throw std::runtime_error("it was stopped before it started");
  command_ = command;
  Pipe output;
  Pipe report;
  const int empty_input = openEmptyInput();
  if (empty_input < 0) throw std::system_error(errno, std::generic_category(), "no empty input");
  const std::string program = programPath();
  std::vector<std::string> arguments = {"dynamodb-log", kReapArgument, command.directory.string()};
  arguments.insert(arguments.end(), command.arguments.begin(), command.arguments.end());
  const std::vector<std::string> environment = reaperEnvironment(command);
  Child child{program.c_str(),
              pointers(arguments),
              pointers(environment),
              empty_input,
              output.writer,
              report.writer,
              descriptorLimit(),
              getpid(),
              {}};
  const pid_t pid = startReaper(child);
  const int error = errno;
  ::close(empty_input);
  if (pid < 0) throw std::system_error(error, std::generic_category(), "no process could be made");
  reaper_ = pid;
  report_ = report.takeReader();
  ::fcntl(output.reader, F_SETFL, O_NONBLOCK);
  {
    MutexLock output_lock(output_mutex_);
    output_ = output.takeReader();
    supervisor_.watch(output_, [self = shared_from_this()] { self->readOutput(); });
  }
  supervisor_.watch(report_, [self = shared_from_this()] { self->reportReady(); });
}

void Process::kill() { endBy(kReapSignal); }

void Process::end() { endBy(kEndSignal); }

void Process::endBy(int number) {
  MutexLock lock(process_mutex_);
  killed_ = true;
  if (reaper_ < 0) return;
  ::kill(reaper_, number);
  ::kill(reaper_, SIGCONT);
}

pid_t Process::reaper() {
  MutexLock lock(process_mutex_);
  return reaper_;
}

void Process::readOutput() {
  MutexLock lock(output_mutex_);
  readOutputLocked();
}

void Process::finishOutput() {
  MutexLock lock(output_mutex_);
  readOutputLocked();
  lines_.finish(on_line_);
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
  if (!last_lines.empty()) readOutputLocked();
  lines_.note(last_lines);
  return lines_.takeTail();
}

void Process::reportReady() {
  // Without a report, the reaper was killed, and the kernel has killed the function's process.
  ReaperReport report{ReaperReport::Kind::kEnded, StartStep::kReaper, true, SIGKILL};
  ReaperReport sent;
  ssize_t count;
  while ((count = ::read(report_, &sent, sizeof sent)) < 0 && errno == EINTR) {
  }
  if (count == sizeof sent) report = sent;
  ended(report);
}

void Process::ended(const ReaperReport& report) {
  const auto self = shared_from_this();  // the watchers removed below hold the last references
  supervisor_.unwatch(report_);
  {
    MutexLock lock(process_mutex_);
    siginfo_t ignored{};
    while (::waitid(P_PID, static_cast<id_t>(reaper_), &ignored, WEXITED) != 0 && errno == EINTR) {
    }
    reaper_ = -1;
  }
  {
    MutexLock lock(output_mutex_);
    readOutputLocked();
    lines_.finish(on_line_);
    supervisor_.unwatch(output_);
    ::close(output_);
    output_ = -1;
  }
  if (report.kind == ReaperReport::Kind::kEnded) return on_exit_({report.signalled, report.number});
  on_not_started_(std::system_error(report.number, std::generic_category(), culprit(report.failed_step, command_)));
}

}  // namespace ddblog::lambda
