// Fixed-width numbers and length-prefixed text in stored values, big-endian: what the stored formats of this room are
// made of. Reading is bounds-checked: bytes that end too early throw std::runtime_error.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace ddblog::dynamodb {

template <class Number>
void appendNumber(std::string& out, Number number) {
  for (int shift = static_cast<int>(sizeof(Number) - 1) * 8; shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>(static_cast<std::uint64_t>(number) >> shift));
  }
}

// A 32-bit length, then the bytes.
inline void appendText(std::string& out, std::string_view text) {
  appendNumber<std::uint32_t>(out, static_cast<std::uint32_t>(text.size()));
  out.append(text);
}

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

}  // namespace ddblog::dynamodb
