#include "cli/terminal/interrupt.h"

#include <atomic>
#include <cstddef>

namespace ddblog::cli {
namespace {

constexpr std::array kSignals = {SIGINT, SIGTERM, SIGHUP};

constexpr int kLastCtrlC = 3;

std::atomic<bool> interrupted;
std::atomic<int> ctrl_c;
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<int>::is_always_lock_free);  // as handlers need

void notice(int signal) {
  interrupted = true;
  if (signal != SIGINT || ++ctrl_c < kLastCtrlC) return;
  std::signal(SIGINT, SIG_DFL);
  std::raise(SIGINT);
}

}  // namespace

Interrupt::Interrupt() {
  interrupted = false;
  ctrl_c = 0;
  struct sigaction noticed = {};
  noticed.sa_handler = notice;
  noticed.sa_flags = SA_RESTART;
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    sigaction(kSignals[i], nullptr, &before_[i]);
    if (kSignals[i] != SIGINT && before_[i].sa_handler == SIG_IGN) continue;
    sigaction(kSignals[i], &noticed, nullptr);
  }
}

Interrupt::~Interrupt() {
  for (std::size_t i = 0; i < kSignals.size(); ++i) sigaction(kSignals[i], &before_[i], nullptr);
}

bool Interrupt::happened() const { return interrupted; }

}  // namespace ddblog::cli
