#include "store/key_space.h"

#include <stdexcept>

#include "base/bytes.h"

namespace ddblog {

KeyBuilder& KeyBuilder::number(std::uint64_t number) {
  appendNumber(key_, number);
  return *this;
}

KeyBuilder& KeyBuilder::text(std::string_view text) {
  appendEscaped(key_, text);
  key_.append(kEndOfEscaped);
  return *this;
}

KeyBuilder& KeyBuilder::bytes(std::string_view bytes) {
  key_.append(bytes);
  return *this;
}

std::uint64_t KeyParser::number() {
  if (rest_.size() < 8) throw std::runtime_error("the store holds a key that is cut off");
  std::uint64_t number = 0;
  for (int i = 0; i < 8; ++i) number = number << 8 | static_cast<unsigned char>(rest_[i]);
  rest_.remove_prefix(8);
  return number;
}

std::string KeyParser::text() {
  std::string text;
  for (std::size_t i = 0; i + 1 < rest_.size(); ++i) {
    if (rest_[i] != '\0') {
      text.push_back(rest_[i]);
    } else if (rest_[i + 1] == '\xff') {
      text.push_back('\0');
      ++i;
    } else if (rest_[i + 1] == '\1') {
      rest_.remove_prefix(i + 2);
      return text;
    } else {
      break;
    }
  }
  throw std::runtime_error("the store holds a key that is cut off");
}

std::string endOfPrefix(std::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && end.back() == '\xff') end.pop_back();
  if (!end.empty()) end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
  return end;
}

}  // namespace ddblog
