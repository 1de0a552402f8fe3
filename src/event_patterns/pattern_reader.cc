#include "event_patterns/pattern_reader.h"

#include <algorithm>
#include <stdexcept>

#include "base/limits.h"
#include "event_patterns/json_text.h"

namespace ddblog::event_patterns {
namespace {

constexpr std::size_t kShownSource = 500;  // bytes of the text shown in an error's position

bool isWordCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}

// The bytes of the first character of a non-empty text: at most four, because the text need not be
// valid UTF-8.
std::size_t characterBytes(std::string_view text) {
  constexpr std::size_t kMost = 4;
  std::size_t bytes = 1;
  while (bytes < std::min(text.size(), kMost) && (static_cast<unsigned char>(text[bytes]) & 0xC0) == 0x80) ++bytes;
  return bytes;
}

std::uint32_t codeOf(std::string_view character) {
  const auto first = static_cast<unsigned char>(character[0]);
  if (character.size() == 1) return first;
  std::uint32_t code = first & (0x7Fu >> character.size());
  for (const char c : character.substr(1)) code = (code << 6) | (static_cast<unsigned char>(c) & 0x3Fu);
  return code;
}

bool isDigit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

ApiError invalidPattern(std::string_view reason) {
  return {"InvalidEventPatternException", "Event pattern is not valid. Reason: " + std::string(reason)};
}

PatternToken PatternReader::next() {
  if (current_ == PatternToken::kName) return current_ = after_name_;
  if (string_begun_) readStringRest();
  skipBlanks();
  if (at_ == text_.size()) {
    if (!open_.empty()) refuseEnd();
    return current_ = PatternToken::kEnd;
  }
  if (text_[at_] == '}' || text_[at_] == ']') return current_ = close(text_[at_] == '}');
  if (open_.empty()) return current_ = beginValue();
  separate(open_.back());
  return current_ = open_.back().object ? readNameAndBeginValue() : beginValue();
}

const std::string& PatternReader::text() {
  if (current_ == PatternToken::kName) return name_;
  if (string_begun_) readStringRest();
  return token_text_;
}

void PatternReader::separate(Open& open) {
  if (!open.has_members) {
    open.has_members = true;
    return;
  }
  if (text_[at_] != ',') {
    refuseCharacter(open.object ? "was expecting comma to separate Object entries"
                                : "was expecting comma to separate Array entries");
  }
  ++at_;
  skipBlanks();
  if (at_ == text_.size()) refuseEnd();
}

PatternToken PatternReader::readNameAndBeginValue() {
  if (text_[at_] != '"') refuseCharacter("was expecting double-quote to start field name");
  ++at_;
  readStringRest();
  name_ = token_text_;
  skipBlanks();
  if (at_ == text_.size()) refuseEnd();
  if (text_[at_] != ':') refuseCharacter("was expecting a colon to separate field name and value");
  ++at_;
  skipBlanks();
  if (at_ == text_.size()) refuseEnd();
  after_name_ = beginValue();
  return PatternToken::kName;
}

PatternToken PatternReader::beginValue() {
  switch (text_[at_]) {
    case '{':
    case '[': {
      const bool object = text_[at_] == '{';
      if (open_.size() >= static_cast<std::size_t>(limits::kJsonDepth)) refuse("Nesting is too deep");
      open_.push_back({object, at_++});
      return object ? PatternToken::kStartObject : PatternToken::kStartArray;
    }
    case '"':
      ++at_;
      string_begun_ = true;
      return PatternToken::kString;
    case '-':
      return readNumber();
    default:
      return isDigit(text_[at_]) ? readNumber() : readWord();
  }
}

PatternToken PatternReader::close(bool object) {
  if (open_.empty() || open_.back().object != object) {
    if (open_.empty())
      refuseCharacter(
          "expected a valid value (JSON String, Number, Array, Object or token 'null', "
          "'true' or 'false')");
    const Open& open = open_.back();
    refuse(std::string("Unexpected close marker '") + text_[at_] + "': expected '" + (open.object ? "}" : "]") +
           "' (for " + (open.object ? "Object" : "Array") + " starting at " + locationAt(open.begin) + ")");
  }
  open_.pop_back();
  ++at_;
  return object ? PatternToken::kEndObject : PatternToken::kEndArray;
}

PatternToken PatternReader::readNumber() {
  const std::size_t begin = at_;
  if (text_[at_] == '-') ++at_;
  const std::size_t digits = at_;
  while (at_ < text_.size() && isDigit(text_[at_])) ++at_;
  if (at_ == digits) refuseCharacter("expected digit (0-9) to follow minus sign, for valid numeric value");
  if (text_[digits] == '0' && at_ - digits > 1) refuse("Invalid numeric value: Leading zeroes not allowed");
  if (at_ < text_.size() && text_[at_] == '.') {
    const std::size_t fraction = ++at_;
    while (at_ < text_.size() && isDigit(text_[at_])) ++at_;
    if (at_ == fraction) refuseCharacter("Decimal point not followed by a digit");
  }
  if (at_ < text_.size() && (text_[at_] == 'e' || text_[at_] == 'E')) {
    ++at_;
    if (at_ < text_.size() && (text_[at_] == '+' || text_[at_] == '-')) ++at_;
    const std::size_t exponent = at_;
    while (at_ < text_.size() && isDigit(text_[at_])) ++at_;
    if (at_ == exponent) refuseCharacter("Exponent indicator not followed by a digit");
  }
  token_text_ = text_.substr(begin, at_ - begin);
  return PatternToken::kNumber;
}

PatternToken PatternReader::readWord() {
  const std::size_t begin = at_;
  while (at_ < text_.size() && isWordCharacter(text_[at_])) ++at_;
  token_text_ = text_.substr(begin, at_ - begin);
  if (token_text_ == "true") return PatternToken::kTrue;
  if (token_text_ == "false") return PatternToken::kFalse;
  if (token_text_ == "null") return PatternToken::kNull;
  static constexpr std::string_view kExpected =
      "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";
  if (token_text_.empty()) refuseCharacter("expected a valid value " + std::string(kExpected));
  refuse("Unrecognized token '" + token_text_ + "': was expecting " + std::string(kExpected));
}

// Reads from after the opening quote to after the closing one.
void PatternReader::readStringRest() {
  string_begun_ = false;
  token_text_.clear();
  for (;;) {
    if (at_ == text_.size()) refuse("Unexpected end-of-input: was expecting closing quote for a string value");
    const char c = text_[at_];
    if (c == '"') break;
    if (static_cast<unsigned char>(c) < 0x20) {
      refuse("Illegal unquoted character ((CTRL-CHAR, code " + std::to_string(c) +
             ")): has to be escaped using backslash to be included in string value");
    }
    if (c == '\\') {
      readEscape();
    } else {
      token_text_.push_back(c);
      ++at_;
    }
  }
  ++at_;
}

void PatternReader::readEscape() {
  // Two bytes, \uXXXX, or a pair of those.
  std::size_t length = 2;
  if (text_.substr(at_).starts_with("\\u")) {
    length = 6;
    const std::string_view second = text_.substr(std::min(at_ + 6, text_.size()), 2);
    const std::string_view hex = text_.substr(at_ + 2, 2);
    const bool first_of_pair = hex.size() == 2 && (hex[0] == 'd' || hex[0] == 'D') && hex[1] >= '8' &&
                               std::string_view("89abAB").find(hex[1]) != std::string_view::npos;
    if (first_of_pair && second == "\\u") length = 12;
  }
  std::string quoted = "\"" + std::string(text_.substr(at_, length)) + "\"";
  try {
    token_text_ += JsonText(quoted).root().string();
  } catch (const std::invalid_argument&) {
    refuse("Unrecognized character escape '" + std::string(text_.substr(at_ + 1, 1)) + "'");
  }
  at_ += length;
}

void PatternReader::skipBlanks() {
  while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t' || text_[at_] == '\r')) {
    ++at_;
  }
}

void PatternReader::refuse(std::string_view reason) const { throw invalidPattern(located(reason)); }

std::string PatternReader::located(std::string_view reason) const {
  return std::string(reason) + "\n at " + locationAt(at_);
}

void PatternReader::refuseCharacter(std::string_view expected) const {
  if (at_ == text_.size()) refuseEnd();
  const std::string_view character = text_.substr(at_, characterBytes(text_.substr(at_)));
  refuse("Unexpected character ('" + std::string(character) + "' (code " + std::to_string(codeOf(character)) +
         ")): " + std::string(expected));
}

void PatternReader::refuseEnd() const {
  if (open_.empty()) refuse("Unexpected end-of-input");
  const Open& open = open_.back();
  refuse(std::string("Unexpected end-of-input: expected close marker for ") + (open.object ? "Object" : "Array") +
         " (start marker at " + locationAt(open.begin) + ")");
}

std::string PatternReader::locationAt(std::size_t at) const {
  std::size_t line = 1;
  std::size_t column = 1;
  for (const char c : text_.substr(0, at)) {
    if (c == '\n') {
      ++line;
      column = 1;
    } else if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) {  // columns count characters, not bytes
      ++column;
    }
  }
  std::size_t characters = 0;
  std::size_t shown = 0;  // size of the first kShownSource characters
  for (std::size_t i = 0; i < text_.size(); i += characterBytes(text_.substr(i))) {
    if (++characters <= kShownSource) shown = i + characterBytes(text_.substr(i));
  }
  std::string source = "\"" + std::string(text_.substr(0, shown)) + "\"";
  if (characters > kShownSource) source += "[truncated " + std::to_string(characters - kShownSource) + " chars]";
  return "[Source: (String)" + source + "; line: " + std::to_string(line) + ", column: " + std::to_string(column) + "]";
}

}  // namespace ddblog::event_patterns
