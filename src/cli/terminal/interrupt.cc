#include "cli/terminal/interrupt.h"

#include <cstddef>

namespace ddblog::cli {
namespace {

constexpr std::array kSignals = {SIGINT, SIGTERM, SIGHUP};

volatile std::sig_atomic_t interrupted = 0;

}  // namespace

Interrupt::Interrupt() {
  interrupted = 0;
  struct sigaction notice = {};
  notice.sa_handler = [](int) { interrupted = 1; };
  notice.sa_flags = SA_RESTART | static_cast<int>(SA_RESETHAND);
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    sigaction(kSignals[i], nullptr, &before_[i]);
    if (kSignals[i] != SIGINT && before_[i].sa_handler == SIG_IGN) continue;
    sigaction(kSignals[i], &notice, nullptr);
  }
}

Interrupt::~Interrupt() {
  for (std::size_t i = 0; i < kSignals.size(); ++i) sigaction(kSignals[i], &before_[i], nullptr);
}

bool Interrupt::happened() const { return interrupted != 0; }

}  // namespace ddblog::cli
