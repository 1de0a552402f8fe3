// Goes on in the background: the program that a person typed ends when its child process is ready, or has
// failed.
//
//   Background background(log_file);                 // forks: before there is any thread
//   if (!background.isChild()) return background.waitForChild();
//   …                                                // errors on standard error reach the person
//   background.ready("It runs.");                    // from now on they go to the log file
//
// The child has a session of its own, so neither Ctrl-C nor the end of the terminal reaches it. Its input
// is empty, its output is the log file. If the person gives up before it is ready, ready() throws.
//
// The log file is begun anew if it has over kLargestLog bytes; what was in it is kept as FILE.1.
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
  // In the parent: prints what the child says and returns its exit status; kOk: it is ready.
  int waitForChild();
  // In the child: `message` is what the parent prints last. Throws std::runtime_error if there is no
  // parent any more.
  void ready(const std::string& message);

 private:
  int log_ = -1;
  int channel_ = -1;  // the pipe's end of this process
  pid_t child_ = 0;
};

}  // namespace ddblog::cli
