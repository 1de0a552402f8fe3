#include "cli/output/resource_lines.h"

#include <algorithm>

#include "cli/terminal/printable.h"

namespace ddblog::cli {
namespace {

std::string lineOf(const deploy::StackEvent& event) {
  std::string line = event.status;
  line.resize(std::max<std::size_t>(line.size(), 19), ' ');
  line += " " + event.type;
  line.resize(std::max<std::size_t>(line.size(), 48), ' ');
  line += " " + event.logical_id;
  if (!event.reason.empty()) line += "  " + event.reason;
  return printable(line);
}

}  // namespace

void ResourceLines::show(const deploy::StackEvent& event) {
  const std::string line = lineOf(event);
  const auto found = std::ranges::find(resources_, event.logical_id);
  const bool fits = static_cast<int>(resources_.size()) + 1 < height_;
  if (width_ == 0 || !fits || found == resources_.end()) {
    out_ << (width_ == 0 || !fits ? line : line.substr(0, static_cast<std::size_t>(width_) - 1)) << std::endl;
    if (found == resources_.end()) resources_.push_back(event.logical_id);
    return;
  }
  const auto up = resources_.end() - found;
  // Up to the resource's line, which is erased and written anew, and down again.
  out_ << "\x1b[" << up << "A\r\x1b[2K" << line.substr(0, static_cast<std::size_t>(width_) - 1) << "\x1b[" << up
       << "B\r" << std::flush;
}

}  // namespace ddblog::cli
