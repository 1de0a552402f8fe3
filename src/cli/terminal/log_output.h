// What a long-running program says: lines that a thread of its own writes to a descriptor.
//
//   LogOutput output(STDOUT_FILENO);
//   output.log("users: hello");           // 12:34:56.789 users: hello
//
// A caller never waits for whoever reads the lines. They wait in a buffer of at most
// Limits::buffer_bytes. If it is full, because nobody reads the pipe or the terminal is stopped
// (Ctrl-S), the oldest lines are dropped. If a write fails (a full disk, a closed pipe), its lines
// are dropped. The next line that can be written is preceded by the number of dropped ones:
//
//   … 1,234 lines dropped: nobody read the output
//
// The lines cannot control the terminal: see printable.h.
//
// The destructor writes what is left. It gives up after Limits::stalled without progress, and after
// Limits::flush in any case: then the thread, which the kernel holds in write(2), is left behind, and
// ends with the process. (O_NONBLOCK would be set for everyone who shares the terminal.) Rejected:
// spdlog's asynchronous logger, whose buffer is bounded by lines only, and which waits for its thread.
// Thread safety: all methods may be called from any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string_view>

namespace ddblog::cli {

class LogOutput {
 public:
  struct Limits {  // ours
    std::size_t buffer_bytes = 4u << 20;
    std::chrono::milliseconds stalled{1000};
    std::chrono::milliseconds flush{5000};
  };

  // Uses a duplicate of the descriptor. Throws std::system_error.
  explicit LogOutput(int descriptor, Limits limits);
  explicit LogOutput(int descriptor) : LogOutput(descriptor, Limits()) {}
  ~LogOutput();
  LogOutput(const LogOutput&) = delete;

  // Adds one line, with the local time before it.
  void log(std::string_view line);
  // Adds one line as it is.
  void print(std::string_view line);

 private:
  class Buffer;

  const Limits limits_;
  const std::shared_ptr<Buffer> buffer_;  // shared with the thread, which may outlive this object
};

}  // namespace ddblog::cli
