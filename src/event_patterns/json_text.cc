#include "event_patterns/json_text.h"

#include <limits>
#include <stdexcept>

#include "base/limits.h"

namespace ddblog::event_patterns {
namespace {

[[noreturn]] void refuse() { throw std::invalid_argument("not JSON"); }

std::uint32_t hexDigits(std::string_view four) {
  if (four.size() != 4) refuse();
  std::uint32_t value = 0;
  for (const char c : four) {
    value <<= 4;
    if (c >= '0' && c <= '9') {
      value |= static_cast<std::uint32_t>(c - '0');
    } else if (c >= 'a' && c <= 'f') {
      value |= static_cast<std::uint32_t>(c - 'a' + 10);
    } else if (c >= 'A' && c <= 'F') {
      value |= static_cast<std::uint32_t>(c - 'A' + 10);
    } else {
      refuse();
    }
  }
  return value;
}

void appendUtf8(std::string& out, std::uint32_t code) {
  if (code < 0x80) {
    out.push_back(static_cast<char>(code));
  } else if (code < 0x800) {
    out.push_back(static_cast<char>(0xC0 | (code >> 6)));
    out.push_back(static_cast<char>(0x80 | (code & 0x3F)));
  } else if (code < 0x10000) {
    out.push_back(static_cast<char>(0xE0 | (code >> 12)));
    out.push_back(static_cast<char>(0x80 | ((code >> 6) & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (code & 0x3F)));
  } else {
    out.push_back(static_cast<char>(0xF0 | (code >> 18)));
    out.push_back(static_cast<char>(0x80 | ((code >> 12) & 0x3F)));
    out.push_back(static_cast<char>(0x80 | ((code >> 6) & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (code & 0x3F)));
  }
}

char plainEscape(char c) {
  switch (c) {
    case '"':
    case '\\':
    case '/':
      return c;
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      refuse();
  }
}

}  // namespace

JsonText::JsonText(std::string_view text) : text_(text) {
  if (text.size() >= std::numeric_limits<std::uint32_t>::max()) refuse();
  nodes_.reserve(text.size() / 16 + 8);
  readValue(0);
  skipBlanks();
  if (at_ != text_.size()) refuse();
}

std::uint32_t JsonText::readValue(int depth) {
  if (depth > limits::kJsonDepth) refuse();
  skipBlanks();
  const auto node = static_cast<std::uint32_t>(nodes_.size());
  nodes_.emplace_back();
  nodes_[node].begin = static_cast<std::uint32_t>(at_);
  switch (peek()) {
    case '{':
      nodes_[node].kind = JsonKind::kObject;
      readMembers(node, depth);
      break;
    case '[':
      nodes_[node].kind = JsonKind::kArray;
      readElements(node, depth);
      break;
    case '"': {
      nodes_[node].kind = JsonKind::kString;
      const std::string_view string = readString();
      nodes_[node].string = string;
      break;
    }
    default:
      readWord(node);
  }
  nodes_[node].end = static_cast<std::uint32_t>(at_);
  return node;
}

void JsonText::readMembers(std::uint32_t node, int depth) {
  ++at_;
  skipBlanks();
  if (peek() == '}') {
    ++at_;
    return;
  }
  std::uint32_t last = 0;
  for (;;) {
    skipBlanks();
    const std::string_view name = readString();
    skipBlanks();
    expect(':');
    const std::uint32_t member = readValue(depth + 1);
    nodes_[member].name = name;
    (last == 0 ? nodes_[node].child : nodes_[last].next) = member;
    last = member;
    skipBlanks();
    if (peek() == '}') break;
    expect(',');
  }
  ++at_;
}

void JsonText::readElements(std::uint32_t node, int depth) {
  ++at_;
  skipBlanks();
  if (peek() == ']') {
    ++at_;
    return;
  }
  std::uint32_t last = 0;
  for (;;) {
    const std::uint32_t element = readValue(depth + 1);
    (last == 0 ? nodes_[node].child : nodes_[last].next) = element;
    last = element;
    skipBlanks();
    if (peek() == ']') break;
    expect(',');
  }
  ++at_;
}

std::string_view JsonText::readString() {
  expect('"');
  const std::size_t begin = at_;
  bool escaped = false;
  while (peek() != '"') {
    if (peek() == '\\') {
      escaped = true;
      ++at_;
    }
    ++at_;
  }
  const std::string_view inside = text_.substr(begin, at_ - begin);
  ++at_;
  if (!escaped) return inside;
  return unescaped_.emplace_back(unescape(inside));
}

std::string JsonText::unescape(std::string_view escaped) const {
  std::string out;
  out.reserve(escaped.size());
  for (std::size_t i = 0; i < escaped.size(); ++i) {
    if (escaped[i] != '\\') {
      out.push_back(escaped[i]);
      continue;
    }
    if (++i == escaped.size()) refuse();
    if (escaped[i] != 'u') {
      out.push_back(plainEscape(escaped[i]));
      continue;
    }
    std::uint32_t code = hexDigits(escaped.substr(i + 1, 4));
    i += 4;
    if (code >= 0xD800 && code < 0xDC00) {  // the first half of a surrogate pair
      if (escaped.substr(i + 1, 2) != "\\u") refuse();
      const std::uint32_t low = hexDigits(escaped.substr(i + 3, 4));
      if (low < 0xDC00 || low > 0xDFFF) refuse();
      code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
      i += 6;
    }
    appendUtf8(out, code);
  }
  return out;
}

void JsonText::readWord(std::uint32_t node) {
  const std::size_t begin = at_;
  while (at_ < text_.size() && std::string_view(" \t\r\n,]}").find(text_[at_]) == std::string_view::npos) ++at_;
  const std::string_view word = text_.substr(begin, at_ - begin);
  if (word == "true") {
    nodes_[node].kind = JsonKind::kTrue;
  } else if (word == "false") {
    nodes_[node].kind = JsonKind::kFalse;
  } else if (word == "null") {
    nodes_[node].kind = JsonKind::kNull;
  } else if (!word.empty() && (word[0] == '-' || (word[0] >= '0' && word[0] <= '9'))) {
    nodes_[node].kind = JsonKind::kNumber;
  } else {
    refuse();
  }
}

void JsonText::skipBlanks() {
  while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t' || text_[at_] == '\r')) {
    ++at_;
  }
}

char JsonText::peek() const {
  if (at_ >= text_.size()) refuse();
  return text_[at_];
}

void JsonText::expect(char c) {
  if (peek() != c) refuse();
  ++at_;
}

std::optional<JsonText::Value> JsonText::Value::find(std::string_view name) const {
  std::optional<Value> found;
  if (!isObject()) return found;
  for (auto member = child(); member; member = member->next()) {
    if (member->name() == name) found = member;
  }
  return found;
}

std::optional<JsonText::Value> JsonText::Value::element(std::size_t index) const {
  if (!isArray()) return std::nullopt;
  auto element = child();
  for (; element && index > 0; --index) element = element->next();
  return element;
}

}  // namespace ddblog::event_patterns
