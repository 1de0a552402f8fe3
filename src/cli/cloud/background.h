// Goes on in the background: the program that a person typed ends when its child process is ready, or has
// failed.
//
//   Background background(log_file);                 // forks: before there is any thread
//   if (!background.isChild()) return background.waitForChild();
//   …
//   background.ready("It runs.");                    // or background.failed("The port is in use.")
//
// The child has a session of its own, so neither Ctrl-C nor the end of the terminal reaches it. Its input
// is empty, its output and its errors go to the log file. What the person is told goes through a pipe that
// no process of the child inherits. If the person gives up before it is ready, ready() throws.
//
// The log file's folder is made if it is missing. The log file is begun anew if it has over kLargestLog
// bytes and no other cloud writes it (flock); what was in it is kept as FILE.1.
//
// Thread safety: none.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>

namespace ddblog::cli {

class Background {
 public:
  static constexpr std::uintmax_t kLargestLog = 16u << 20;  // ours

  // Throws std::system_error; std::runtime_error if the log file cannot be written.
  explicit Background(const std::filesystem::path& log_file);
  ~Background();
  Background(const Background&) = delete;

  bool isChild() const { return child_ == 0; }
  // In the parent: prints what the child says and returns its exit status; kOk: it is ready. Throws
  // std::runtime_error if a signal ended the child.
  int waitForChild();
  // In the child: `message` is what the parent prints last. Throws std::runtime_error if there is no
  // parent any more.
  void ready(const std::string& message);
  // In the child: `line` is what the parent prints on standard error; then the child ends. Does nothing
  // after ready().
  void failed(const std::string& line);

 private:
  bool say(char kind, const std::string& text);

  const std::filesystem::path log_file_;
  int log_ = -1;
  int channel_ = -1;  // the pipe's end of this process
  pid_t child_ = 0;
};

}  // namespace ddblog::cli
