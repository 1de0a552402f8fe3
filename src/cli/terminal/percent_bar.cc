#include "cli/terminal/percent_bar.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>

namespace ddblog::cli {
namespace {

constexpr int kBarWidth = 40;

std::size_t columnsOf(int terminal) {
  winsize size{};
  return ::ioctl(terminal, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

}  // namespace

std::string barOf(int percent) {
  const int filled = std::clamp(percent, 0, 100) * kBarWidth / 100;
  return "[" + std::string(static_cast<std::size_t>(filled), '#') +
         std::string(static_cast<std::size_t>(kBarWidth - filled), '-') + "] " + std::to_string(percent) + "%";
}

PercentBar::PercentBar() : PercentBar(std::cerr, isatty(STDERR_FILENO) == 1, columnsOf(STDERR_FILENO)) {}

PercentBar::~PercentBar() {
  if (!drawn_.empty()) out_ << std::endl;
}

void PercentBar::show(int percent, const std::string& text) {
  std::string line = barOf(percent) + "  " + text;
  if (columns_ > 1) line = line.substr(0, columns_ - 1);  // what fills its row begins another one
  if (!is_terminal_ || line == drawn_) return;
  out_ << "\r" << line;
  if (line.size() < drawn_.size()) out_ << "\x1b[K";  // the rest of the line before
  out_ << std::flush;
  drawn_ = line;
}

}  // namespace ddblog::cli
