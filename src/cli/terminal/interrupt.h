// Notices Ctrl-C while it exists, instead of letting it end the program. A second Ctrl-C ends it. SIGTERM, and SIGHUP
// when the terminal is closed, count as Ctrl-C, unless whoever started the program has it ignore them (nohup).
//
// Thread safety: one at a time, on the main thread.
#pragma once

#include <array>
#include <csignal>

namespace ddblog::cli {

class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;

  bool happened() const;

 private:
  std::array<struct sigaction, 3> before_ = {};  // in the order of the signals
};

}  // namespace ddblog::cli
