#include "cli/terminal/progress.h"

#include <unistd.h>

#include <iostream>

#include "cli/terminal/percent_bar.h"

namespace ddblog::cli {

Progress::Progress(std::uint64_t total, std::string unit)
    : Progress(total, std::move(unit), std::cerr, isatty(STDERR_FILENO) == 1) {}

Progress::Progress(std::uint64_t total, std::string unit, std::ostream& out, bool is_terminal)
    : out_(out), shown_(is_terminal && total > 0), total_(total), unit_(std::move(unit)) {
  draw();
}

Progress::~Progress() {
  if (shown_) out_ << std::endl;
}

void Progress::advance(std::uint64_t count) {
  done_ += count;
  draw();
}

void Progress::draw() {
  if (!shown_) return;
  // The total was counted earlier, so what came in since then may exceed it.
  const int percent = done_ >= total_ ? 100 : static_cast<int>(done_ * 100 / total_);
  if (percent == drawn_percent_) return;
  drawn_percent_ = percent;
  out_ << "\r" << barOf(percent) << "  " << done_ << " of " << total_ << " " << unit_ << std::flush;
}

}  // namespace ddblog::cli
