#include "cli/terminal/interrupt.h"

namespace ddblog::cli {
namespace {

volatile std::sig_atomic_t interrupted = 0;

}  // namespace

Interrupt::Interrupt() {
  interrupted = 0;
  struct sigaction notice = {};
  notice.sa_handler = [](int) { interrupted = 1; };
  notice.sa_flags = SA_RESTART | static_cast<int>(SA_RESETHAND);
  sigaction(SIGINT, &notice, &before_);
}

Interrupt::~Interrupt() { sigaction(SIGINT, &before_, nullptr); }

bool Interrupt::happened() const { return interrupted != 0; }

}  // namespace ddblog::cli
