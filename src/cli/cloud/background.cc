#include "cli/cloud/background.h"

#include <fcntl.h>
#include <sys/file.h>
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

// What a child says: the kind, the text, and kEnd.
constexpr char kReady = 'r';
constexpr char kFailed = 'f';
constexpr char kEnd = '\0';

[[noreturn]] void failWith(const std::string& what) { throw std::system_error(errno, std::generic_category(), what); }

int openToAppend(const std::filesystem::path& file) {
  const int log = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (log < 0) failWith("the log file " + file.string() + " cannot be written");
  return log;
}

// The child inherits the lock: the file of a cloud that runs is not renamed.
int openLog(const std::filesystem::path& file) {
  std::error_code unknown;
  if (file.has_parent_path()) std::filesystem::create_directories(file.parent_path(), unknown);
  int log = openToAppend(file);
  const bool is_free = ::flock(log, LOCK_EX | LOCK_NB) == 0;
  const std::uintmax_t size = std::filesystem::file_size(file, unknown);
  if (!is_free || unknown || size <= Background::kLargestLog) return log;
  std::filesystem::rename(file, file.string() + ".1", unknown);
  ::close(log);
  log = openToAppend(file);
  ::flock(log, LOCK_EX | LOCK_NB);
  return log;
}

}  // namespace

Background::Background(const std::filesystem::path& log_file) : log_file_(log_file), log_(openLog(log_file)) {
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
  ::dup2(log_, STDERR_FILENO);
  if (nothing > STDERR_FILENO) ::close(nothing);
}

Background::~Background() {
  if (channel_ >= 0) ::close(channel_);
  if (log_ >= 0) ::close(log_);
}

int Background::waitForChild() {
  std::string said;
  char piece[4096];
  while (!said.ends_with(kEnd)) {
    const ssize_t count = ::read(channel_, piece, sizeof piece);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    said.append(piece, static_cast<std::size_t>(count));
  }
  if (said.ends_with(kEnd)) {
    const std::string text = said.substr(1, said.size() - 2);
    (said.front() == kReady ? std::cout : std::cerr) << text << std::endl;
    if (said.front() == kReady) return kOk;
  }
  int status = 0;
  while (::waitpid(child_, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status)) return WEXITSTATUS(status);
  throw std::runtime_error("The offline cloud ended before it was ready, by signal " +
                           std::to_string(WTERMSIG(status)) + "; " + log_file_.string() + " may say why.");
}

// Whether the parent can hear it.
bool Background::say(char kind, const std::string& text) {
  const std::string message = kind + text + kEnd;
  const bool is_heard = ::write(channel_, message.data(), message.size()) == static_cast<ssize_t>(message.size());
  ::close(channel_);
  channel_ = -1;
  return is_heard;
}

void Background::failed(const std::string& line) {
  if (channel_ >= 0) say(kFailed, line);
}

void Background::ready(const std::string& message) {
  if (!say(kReady, message))
    throw std::runtime_error("Whoever started the offline cloud is gone before it was ready: it ends.");
}

}  // namespace ddblog::cli
