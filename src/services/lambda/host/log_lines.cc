#include "services/lambda/host/log_lines.h"

namespace ddblog::lambda {

void LogLines::add(std::string_view bytes, const Line& line) {
  keepTail(bytes);
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    const std::string_view piece = bytes.substr(0, end);
    begun_.append(piece);
    bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
    if (end != std::string_view::npos || begun_.size() >= kLongestLine) {
      line(begun_);
      begun_.clear();
    }
  }
}

void LogLines::finish(const Line& line) {
  if (begun_.empty()) return;
  line(begun_);
  begun_.clear();
}

void LogLines::beginTail() {
  tail_.clear();
  tailing_ = true;
}

void LogLines::note(std::string_view text) { keepTail(text); }

std::string LogLines::takeTail() {
  tailing_ = false;
  if (tail_.size() > kTailBytes) tail_.erase(0, tail_.size() - kTailBytes);
  return std::move(tail_);
}

void LogLines::keepTail(std::string_view bytes) {
  if (!tailing_) return;
  tail_.append(bytes);
  if (tail_.size() > 4 * kTailBytes) tail_.erase(0, tail_.size() - kTailBytes);
}

}  // namespace ddblog::lambda
