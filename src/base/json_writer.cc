#include "base/json_writer.h"

#include <charconv>
#include <cmath>
#include <cstring>

namespace ddblog {

namespace {

// Whether none of the next eight bytes needs an escape. Most text is copied in one piece.
bool areEightPlain(const char* text) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  constexpr std::uint64_t kHighs = 0x8080808080808080;
  std::uint64_t bytes;
  std::memcpy(&bytes, text, sizeof bytes);
  const auto hasZero = [](std::uint64_t word) { return (word - kOnes) & ~word & kHighs; };
  const std::uint64_t control = (bytes - 0x20 * kOnes) & ~bytes & kHighs;
  return (control | hasZero(bytes ^ '"' * kOnes) | hasZero(bytes ^ '\\' * kOnes)) == 0;
}

}  // namespace

void appendJsonString(std::string& out, std::string_view utf8) {
  static constexpr char kHex[] = "0123456789abcdef";
  out.push_back('"');
  std::size_t plain = 0;  // start of the plain bytes that are not copied yet
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    if (i + 8 <= utf8.size() && areEightPlain(utf8.data() + i)) {
      i += 7;
      continue;
    }
    const unsigned char c = static_cast<unsigned char>(utf8[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out.append(utf8, plain, i - plain);
    plain = i + 1;
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      case '\b':
        out += "\\b";
        break;
      case '\f':
        out += "\\f";
        break;
      default:
        out += "\\u00";
        out.push_back(kHex[c >> 4]);
        out.push_back(kHex[c & 15]);
    }
  }
  out.append(utf8, plain);
  out.push_back('"');
}

void JsonWriter::separate() {
  if (needs_comma_) out_.push_back(',');
  needs_comma_ = true;
}

JsonWriter& JsonWriter::open(char bracket) {
  separate();
  out_.push_back(bracket);
  needs_comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::close(char bracket) {
  out_.push_back(bracket);
  needs_comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  separate();
  appendJsonString(out_, name);
  out_.push_back(':');
  needs_comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::value(std::string_view text) {
  separate();
  appendJsonString(out_, text);
  return *this;
}

JsonWriter& JsonWriter::value(bool truth) { return raw(truth ? "true" : "false"); }

JsonWriter& JsonWriter::value(std::int64_t number) {
  char text[24];
  return raw({text, static_cast<std::size_t>(std::to_chars(text, text + sizeof text, number).ptr - text)});
}

JsonWriter& JsonWriter::value(std::uint64_t number) {
  char text[24];
  return raw({text, static_cast<std::size_t>(std::to_chars(text, text + sizeof text, number).ptr - text)});
}

// In plain notation if that is short enough, because some clients read "1.7E9" as a string.
JsonWriter& JsonWriter::value(double number) {
  if (!std::isfinite(number)) return null();
  char text[64];
  const bool plain = number == 0 || (std::fabs(number) >= 1e-6 && std::fabs(number) < 1e17);
  const auto end = plain ? std::to_chars(text, text + sizeof text, number, std::chars_format::fixed).ptr
                         : std::to_chars(text, text + sizeof text, number).ptr;
  return raw({text, static_cast<std::size_t>(end - text)});
}

JsonWriter& JsonWriter::null() { return raw("null"); }

std::string& JsonWriter::raw() {
  separate();
  return out_;
}

JsonWriter& JsonWriter::raw(std::string_view text) {
  separate();
  out_.append(text);
  return *this;
}

}  // namespace ddblog
