// Thread safety: a pure function.
#pragma once

#include <string>
#include <string_view>

namespace ddblog::deliveries {

// Replaces a variable of an input, wherever it stands. What was put in its place is not looked at again.
inline void replaceAll(std::string& text, std::string_view variable, std::string_view value) {
  for (std::size_t at = text.find(variable); at != std::string::npos; at = text.find(variable, at + value.size())) {
    text.replace(at, variable.size(), value);
  }
}

}  // namespace ddblog::deliveries
