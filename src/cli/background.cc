#include "cli/background.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <iostream>
#include <stdexcept>
#include <system_error>

#include "cli/terminal/exit_status.h"

namespace ddblog::cli {
namespace {

// Before the message of a child that is ready. It is in no error's line (printable.h).
constexpr char kReady = '\x06';  // ACK

[[noreturn]] void failWith(const std::string& what) { throw std::system_error(errno, std::generic_category(), what); }

int openLog(const std::filesystem::path& file) {
  std::error_code unknown;
  const std::uintmax_t size = std::filesystem::file_size(file, unknown);
  if (!unknown && size > Background::kLargestLog) {
    std::filesystem::rename(file, file.string() + ".1", unknown);
  }
  const int log = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (log < 0) failWith("the log file " + file.string() + " cannot be written");
  return log;
}

}  // namespace

Background::Background(const std::filesystem::path& log_file) : log_(openLog(log_file)) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) failWith("pipe");
  std::cout.flush();
  std::cerr.flush();
  child_ = ::fork();
  if (child_ < 0) failWith("the offline cloud cannot be started in the background");
  channel_ = ends[isChild() ? 1 : 0];
  ::close(ends[isChild() ? 0 : 1]);
  if (!isChild()) return;
  ::setsid();
  const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(log_, STDOUT_FILENO);
  ::dup2(channel_, STDERR_FILENO);
  if (nothing > STDERR_FILENO) ::close(nothing);
}

Background::~Background() {
  if (channel_ >= 0) ::close(channel_);
  if (log_ >= 0) ::close(log_);
}

int Background::waitForChild() {
  std::string said;
  char piece[4096];
  for (;;) {
    const ssize_t count = ::read(channel_, piece, sizeof piece);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    said.append(piece, static_cast<std::size_t>(count));
  }
  const std::size_t ready = said.find(kReady);
  std::cerr << said.substr(0, ready) << std::flush;
  if (ready != std::string::npos) {
    std::cout << said.substr(ready + 1) << std::endl;
    return kOk;
  }
  int status = 0;
  while (::waitpid(child_, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status)) return WEXITSTATUS(status);
  throw std::runtime_error("The offline cloud ended before it was ready, by signal " +
                           std::to_string(WTERMSIG(status)) + ".");
}

void Background::ready(const std::string& message) {
  const std::string text = kReady + message;
  const bool is_heard = ::write(channel_, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  ::dup2(log_, STDERR_FILENO);
  ::close(channel_);
  channel_ = -1;
  if (!is_heard) throw std::runtime_error("Whoever started the offline cloud is gone before it was ready: it ends.");
}

}  // namespace ddblog::cli
