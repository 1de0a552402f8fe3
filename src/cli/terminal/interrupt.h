// Notices Ctrl-C while it exists, instead of letting it end the program. SIGTERM, and SIGHUP when the terminal is closed,
// count as Ctrl-C, unless whoever started the program has it ignore them (nohup).
//
// The third Ctrl-C ends the program; the second does not, nor does any SIGTERM or SIGHUP, because one wish may come as
// two signals: `timeout`, npm and shells send the program a signal, and its whole group gets the same one.
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
