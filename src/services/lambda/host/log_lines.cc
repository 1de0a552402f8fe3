#include "services/lambda/host/log_lines.h"

namespace ddblog::lambda {

namespace {

// How many bytes at the end begin a character of UTF-8 that is not complete.
std::size_t incompleteCharacter(std::string_view text) {
  for (std::size_t count = 1; count <= 3 && count <= text.size(); ++count) {
    const auto byte = static_cast<unsigned char>(text[text.size() - count]);
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return count < (byte >= 0xf0 ? 4u : byte >= 0xe0 ? 3u : 2u) ? count : 0;
  }
  return 0;
}

}  // namespace

void LogLines::add(std::string_view bytes, const Line& line) {
  keepTail(bytes);
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    const std::string_view piece = bytes.substr(0, end);
    begun_.append(piece);
    bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
    if (end != std::string_view::npos) {
      line(begun_);
      begun_.clear();
    } else if (begun_.size() >= kLongestLine) {
      const std::size_t length = begun_.size() - incompleteCharacter(begun_);
      line(std::string_view(begun_).substr(0, length));
      begun_.erase(0, length);
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
