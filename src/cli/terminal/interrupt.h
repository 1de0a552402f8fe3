// Notices Ctrl-C while it exists, instead of letting it end the program. A second Ctrl-C ends it.
//
// Thread safety: one at a time, on the main thread.
#pragma once

#include <csignal>

namespace ddblog::cli {

class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;

  bool happened() const;

 private:
  struct sigaction before_ = {};
};

}  // namespace ddblog::cli
