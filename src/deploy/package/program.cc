#include "deploy/package/program.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <system_error>

#include "base/child_process.h"
#include "base/text.h"
#include "deploy/package/package_error.h"

namespace ddblog::deploy {

namespace {

constexpr std::size_t kKeptOutput = 64u << 10;
constexpr std::chrono::milliseconds kLookForInterrupt{100};

// The pipe that a program writes into. Its end for the program closes when the program has it.
class OutputPipe {
 public:
  OutputPipe() {
    if (::pipe2(ends_, O_CLOEXEC) != 0) throw PackageError(std::string("no pipe: ") + std::strerror(errno));
  }
  ~OutputPipe() {
    ::close(ends_[0]);
    closeWriter();
  }
  OutputPipe(const OutputPipe&) = delete;

  int reader() const { return ends_[0]; }
  int writer() const { return ends_[1]; }
  void closeWriter() {
    if (ends_[1] >= 0) ::close(ends_[1]);
    ends_[1] = -1;
  }

 private:
  int ends_[2];
};

class RunningProgram {
 public:
  explicit RunningProgram(const ProgramRun& run) : run_(run), deadline_(run.now() + run.time) {
    try {
      process_.emplace(
          ChildProgram{.arguments = run.arguments,
                       .directory = run.directory,
                       .descriptors = {{output_.writer(), STDOUT_FILENO}, {output_.writer(), STDERR_FILENO}},
                       .has_own_group = true});
    } catch (const std::system_error& e) {
      throw PackageError(run.arguments.front() + " could not be started: " + e.code().message());
    }
    output_.closeWriter();
  }

  ProgramResult finish() {
    ProgramResult result;
    while (readSome(result.output)) {
    }
    result.status = process_->wait();
    return result;
  }

 private:
  // False: it has closed its output. Throws at the deadline, and when it is interrupted.
  bool readSome(std::string& output) {
    if (run_.is_interrupted && run_.is_interrupted()) throw PackageError(run_.arguments.front() + " was interrupted");
    auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_ - run_.now());
    if (left.count() <= 0) throw PackageError(run_.arguments.front() + " did not end in time");
    if (run_.is_interrupted) left = std::min(left, kLookForInterrupt);
    pollfd waiting{output_.reader(), POLLIN, 0};
    if (::poll(&waiting, 1, static_cast<int>(left.count())) <= 0) return true;  // looks again
    char bytes[16384];
    const ssize_t count = ::read(output_.reader(), bytes, sizeof bytes);
    if (count < 0) return errno == EINTR;
    output.append(bytes, static_cast<std::size_t>(count));
    if (output.size() > 2 * kKeptOutput) output.erase(0, output.size() - kKeptOutput);
    return count > 0;
  }

  const ProgramRun& run_;
  const std::chrono::steady_clock::time_point deadline_;
  OutputPipe output_;
  std::optional<ChildProcess> process_;
};

}  // namespace

ProgramResult runProgram(const ProgramRun& run) { return RunningProgram(run).finish(); }

std::string lastLine(const std::string& output) {
  std::string_view rest = trim(output);
  return rest.empty() ? "it said nothing" : std::string(trim(rest.substr(rest.rfind('\n') + 1)));
}

}  // namespace ddblog::deploy
