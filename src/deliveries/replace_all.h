// Thread safety: a pure function.
#pragma once

#include <string>
#include <string_view>

namespace ddblog::deliveries {

// Replaces a variable of an input, wherever it stands. What was put in its place is not looked at again. It takes time
// in proportion to the text and the result: of the text, nothing is moved.
inline void replaceAll(std::string& text, std::string_view variable, std::string_view value) {
  std::size_t at = text.find(variable);
  if (at == std::string::npos) return;
  std::string result;
  result.reserve(text.size());
  std::size_t begin = 0;
  for (; at != std::string::npos; at = text.find(variable, begin)) {
    result.append(text, begin, at - begin).append(value);
    begin = at + variable.size();
  }
  text = result.append(text, begin);
}

}  // namespace ddblog::deliveries
