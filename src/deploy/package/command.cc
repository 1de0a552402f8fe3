#include "deploy/package/command.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/text.h"
#include "deploy/package/package_error.h"

extern char** environ;

namespace ddblog::deploy {

namespace {

constexpr std::size_t kKeptOutput = 64u << 10;
constexpr std::chrono::milliseconds kLookForInterrupt{100};

class Process {
 public:
  explicit Process(const ProgramRun& run) : run_(run), deadline_(run.now() + run.time) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw PackageError(std::string("no pipe: ") + std::strerror(errno));
    output_ = ends[0];
    const int error = spawn(ends[1]);
    ::close(ends[1]);
    if (error == 0) return;
    ::close(output_);
    throw PackageError(run_.arguments.front() + " could not be started: " + std::strerror(error));
  }
  // It has a process group of its own, so that what it has started ends with it.
  ~Process() {
    ::close(output_);
    if (!is_reaped_) {
      ::kill(-process_, SIGKILL);
      reap();
    }
  }
  Process(const Process&) = delete;

  ProgramResult finish() {
    ProgramResult result;
    while (readSome(result.output)) {
    }
    const int status = reap();
    result.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return result;
  }

 private:
  int spawn(int output) {
    std::vector<char*> arguments;
    for (const std::string& argument : run_.arguments) arguments.push_back(const_cast<char*>(argument.c_str()));
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addchdir_np(&files, run_.directory.c_str());
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&files, output, STDERR_FILENO);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    const int error = ::posix_spawnp(&process_, arguments.front(), &files, &attributes, arguments.data(), environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    return error;
  }

  // False: it has closed its output. Throws at the deadline, and when it is interrupted.
  bool readSome(std::string& output) {
    if (run_.is_interrupted && run_.is_interrupted()) throw PackageError(run_.arguments.front() + " was interrupted");
    auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_ - run_.now());
    if (left.count() <= 0) throw PackageError(run_.arguments.front() + " did not end in time");
    if (run_.is_interrupted) left = std::min(left, kLookForInterrupt);
    pollfd waiting{output_, POLLIN, 0};
    if (::poll(&waiting, 1, static_cast<int>(left.count())) <= 0) return true;  // looks again
    char bytes[16384];
    const ssize_t count = ::read(output_, bytes, sizeof bytes);
    if (count < 0) return errno == EINTR;
    output.append(bytes, static_cast<std::size_t>(count));
    if (output.size() > 2 * kKeptOutput) output.erase(0, output.size() - kKeptOutput);
    return count > 0;
  }

  int reap() {
    int status = 0;
    while (::waitpid(process_, &status, 0) < 0 && errno == EINTR) {
    }
    is_reaped_ = true;
    return status;
  }

  const ProgramRun& run_;
  const std::chrono::steady_clock::time_point deadline_;
  pid_t process_ = 0;
  int output_ = -1;
  bool is_reaped_ = false;
};

}  // namespace

ProgramResult runProgram(const ProgramRun& run) { return Process(run).finish(); }

std::string lastLine(const std::string& output) {
  std::string_view rest = trim(output);
  return rest.empty() ? "it said nothing" : std::string(trim(rest.substr(rest.rfind('\n') + 1)));
}

}  // namespace ddblog::deploy
