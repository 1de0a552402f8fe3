#include "base/json_elements.h"

#include <algorithm>
#include <stdexcept>

#include "base/limits.h"

namespace ddblog {

namespace {

constexpr std::size_t kLongestMember = 1024;
constexpr std::size_t kOuterLevels = 3;

}  // namespace

void JsonElements::fail(const std::string& what) const {
  throw std::invalid_argument("line " + std::to_string(line_) + ": " + what);
}

bool JsonElements::isAtElement() const {
  return !open_.empty() && open_.back() == '[' && open_.size() <= kOuterLevels &&
         std::all_of(open_.begin(), open_.end() - 1, [](char bracket) { return bracket == '{'; });
}

void JsonElements::add(std::string_view piece) {
  for (const char c : piece) {
    if (element_depth_ > 0) {
      if (element_.text.size() >= longest_) fail("an object is too long for an item");
      element_.text += c;
    }
    if (c == '\n') ++line_;
    if (is_in_string_) {
      addInString(c);
    } else if (c == '"') {
      if (isAtElement()) fail("the list has something that is no object");
      is_in_string_ = true;
      string_.clear();
    } else if (c == '{' || c == '[') {
      open(c);
    } else if (c == '}' || c == ']') {
      close(c);
    } else if (isAtElement() && c != ',' && c != ' ' && c != '\t' && c != '\r' && c != '\n') {
      fail("the list has something that is no object");
    }
  }
}

void JsonElements::addInString(char c) {
  if (is_escaped_) {
    is_escaped_ = false;
  } else if (c == '\\') {
    is_escaped_ = true;
  } else if (c == '"') {
    is_in_string_ = false;
    return;
  }
  if (open_.size() < kOuterLevels && string_.size() < kLongestMember) string_ += c;
}

void JsonElements::open(char bracket) {
  if (open_.size() >= static_cast<std::size_t>(limits::kJsonDepth)) fail("it is nested too deep");
  if (isAtElement()) {
    if (bracket == '[') fail("the list has something that is no object");
    element_ = {"{", open_.size() == 1 ? "" : member_, line_};
    element_depth_ = open_.size();
  }
  if (bracket == '[' && open_.size() < kOuterLevels) member_ = string_;
  open_.push_back(bracket);
}

void JsonElements::close(char bracket) {
  if (open_.empty() || open_.back() != (bracket == '}' ? '{' : '['))
    fail(std::string("the '") + bracket + "' closes nothing");
  open_.pop_back();
  if (element_depth_ > 0 && open_.size() == element_depth_) {
    element_depth_ = 0;
    take_(std::move(element_));
  }
}

void JsonElements::finish() {
  if (is_in_string_ || !open_.empty()) fail("the file is cut off");
}

}  // namespace ddblog
