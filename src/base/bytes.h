// The building blocks of stored keys and values: fixed-width numbers and length-prefixed strings.
// Numbers are big-endian, so they sort as their bytes do.
//
// Errors: reads are bounds-checked; truncated input throws std::runtime_error.
// Thread safety: pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace ddblog {

template <class Number>
void appendNumber(std::string& out, Number number) {
  auto rest = static_cast<std::uint64_t>(number);
  char bytes[sizeof(Number)];
  for (std::size_t i = sizeof(Number); i > 0; --i) {
    bytes[i - 1] = static_cast<char>(rest);
    rest >>= 8;
  }
  out.append(bytes, sizeof(Number));
}

// A 32-bit length, then the bytes.
inline void appendText(std::string& out, std::string_view text) {
  appendNumber<std::uint32_t>(out, static_cast<std::uint32_t>(text.size()));
  out.append(text);
}

// Copies the bytes, with 0x00 as 0x00 0xFF. Followed by kEndOfEscaped, the result is
// self-delimiting and sorts as the original bytes do: the terminator is less than any continuation
// of a longer string.
void appendEscaped(std::string& out, std::string_view bytes);
inline constexpr std::string_view kEndOfEscaped("\x00\x01", 2);

inline std::string_view takeBytes(std::string_view& in, std::size_t count) {
  if (in.size() < count) throw std::runtime_error("a stored value ends too early");
  const std::string_view taken = in.substr(0, count);
  in.remove_prefix(count);
  return taken;
}

template <class Number>
Number takeNumber(std::string_view& in) {
  std::uint64_t number = 0;
  for (const char byte : takeBytes(in, sizeof(Number))) number = number << 8 | static_cast<unsigned char>(byte);
  return static_cast<Number>(number);
}

inline std::string_view takeText(std::string_view& in) { return takeBytes(in, takeNumber<std::uint32_t>(in)); }

}  // namespace ddblog
