#include "template/serverless/variable_syntax.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace ddblog::templates::serverless {

namespace {

constexpr int kNestedVariables = 32;

bool isTypeBegin(char c) { return c >= 'a' && c <= 'z'; }
bool isTypePart(char c) {
  return isTypeBegin(c) || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
}

std::string trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return "";
  return std::string(text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1));
}

// Without the spaces at both ends, which are not inside a variable.
VariableText trimmedText(VariableText text) {
  const auto trimAt = [&text](std::size_t at, bool from_left) {
    auto* literal = std::get_if<std::string>(&text[at]);
    if (!literal) return;
    const std::size_t begin = from_left ? literal->find_first_not_of(" \t\r\n") : 0;
    const std::size_t end = from_left ? std::string::npos : literal->find_last_not_of(" \t\r\n");
    const bool is_blank = begin == std::string::npos || (!from_left && end == std::string::npos);
    *literal = is_blank ? "" : literal->substr(begin, end == std::string::npos ? end : end + 1);
    if (literal->empty()) text.erase(text.begin() + static_cast<std::ptrdiff_t>(at));
  };
  if (!text.empty()) trimAt(0, true);
  if (!text.empty()) trimAt(text.size() - 1, false);
  return text;
}

class VariableParser {
 public:
  explicit VariableParser(std::string_view text) : text_(text) {}

  VariableText parse() { return parseText(""); }
  bool isPlain() const { return is_plain_; }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw std::invalid_argument(what + " in " + std::string(text_));
  }
  bool atEnd() const { return at_ >= text_.size(); }
  char next() const { return atEnd() ? '\0' : text_[at_]; }
  bool comesNext(std::string_view expected) const { return text_.substr(at_).starts_with(expected); }
  void skipSpaces() {
    while (!atEnd() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\r' || text_[at_] == '\n')) ++at_;
  }

  // Up to one of `ends`, or to the end of the whole text if there are none.
  VariableText parseText(std::string_view ends) {
    VariableText parts;
    std::string literal;
    while (!atEnd() && ends.find(text_[at_]) == std::string_view::npos) {
      if (comesNext("\\${")) {
        literal += "${";
        at_ += 3;
        is_plain_ = false;
      } else if (comesNext("${") && isVariable()) {
        if (!literal.empty()) parts.emplace_back(std::exchange(literal, {}));
        parts.emplace_back(parseVariable());
      } else {
        literal += text_[at_++];
      }
    }
    if (!literal.empty()) parts.emplace_back(std::move(literal));
    return parts;
  }

  // Whether the ${ here begins a variable: it is followed by a type and one ':' or a '('.
  bool isVariable() const {
    std::size_t place = at_ + 2;
    while (place < text_.size() && text_[place] == ' ') ++place;
    if (place >= text_.size() || !isTypeBegin(text_[place])) return false;
    while (place < text_.size() && isTypePart(text_[place])) ++place;
    if (place >= text_.size()) return false;
    return text_[place] == '(' || (text_[place] == ':' && !text_.substr(place).starts_with("::"));
  }

  std::shared_ptr<const Variable> parseVariable() {
    is_plain_ = false;
    if (++depth_ > kNestedVariables) fail("variables are nested too deep");
    const std::size_t begin = at_;
    at_ += 2;
    auto variable = std::make_shared<Variable>();
    for (;;) {
      variable->sources.push_back(parseSource());
      skipSpaces();
      if (next() == ',') {
        ++at_;
      } else if (next() == '}') {
        break;
      } else {
        fail("a variable is not closed, or has something that is no source");
      }
    }
    ++at_;
    variable->written = std::string(text_.substr(begin, at_ - begin));
    --depth_;
    return variable;
  }

  VariableSource parseSource() {
    skipSpaces();
    VariableSource source;
    if (next() == '\'' || next() == '"') {
      source.literal = json::value(parseQuoted());
      return source;
    }
    if (comesNext("${")) {
      if (!isVariable()) fail("a fallback is no variable");
      source.variable = parseVariable();
      return source;
    }
    const std::size_t begin = at_;
    while (!atEnd() && isTypePart(text_[at_])) ++at_;
    source.type = std::string(text_.substr(begin, at_ - begin));
    if (next() == '(') parseParameters(source);
    if (next() == ':' && !source.type.empty()) {
      ++at_;
      parseAddress(source);
    } else if (!source.parameters) {
      at_ = begin;
      source.literal = parseLiteral();
      source.type.clear();
    }
    return source;
  }

  void parseParameters(VariableSource& source) {
    source.parameters.emplace();
    do {
      ++at_;
      skipSpaces();
      if (next() == '\'' || next() == '"') {
        source.parameters->push_back({parseQuoted()});
        skipSpaces();
      } else {
        source.parameters->push_back(trimmedText(parseText(",)}")));
      }
    } while (next() == ',');
    if (next() != ')') fail("a parameter of a variable is not closed");
    ++at_;
    skipSpaces();
  }

  void parseAddress(VariableSource& source) {
    skipSpaces();
    if (next() == '\'' || next() == '"') {
      source.address = VariableText{parseQuoted()};
    } else {
      source.address = trimmedText(parseText(",}"));
    }
  }

  std::string parseQuoted() {
    const char quote = text_[at_++];
    std::string value;
    while (!atEnd() && text_[at_] != quote) {
      if (quote == '"' && text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      value += text_[at_++];
    }
    if (atEnd()) fail("a text in quotes is not closed");
    ++at_;
    return value;
  }

  json::value parseLiteral() {
    const std::size_t begin = at_;
    while (!atEnd() && text_[at_] != ',' && text_[at_] != '}') ++at_;
    const std::string literal = trimmed(text_.substr(begin, at_ - begin));
    if (literal == "true") return true;
    if (literal == "false") return false;
    if (literal == "null") return nullptr;
    const char* end = literal.data() + literal.size();
    std::int64_t integer = 0;
    if (auto [rest, error] = std::from_chars(literal.data(), end, integer); error == std::errc() && rest == end) {
      return integer;
    }
    double real = 0;
    if (auto [rest, error] = std::from_chars(literal.data(), end, real);
        error == std::errc() && rest == end && literal.find_first_not_of("0123456789.-+eE") == std::string::npos) {
      return real;
    }
    if (literal.empty()) fail("a source of a variable is empty");
    if (std::ranges::all_of(literal, isTypePart)) return json::value(literal);
    fail("the fallback " + literal + " is neither a variable nor a literal ('…', a number, true, false)");
  }

  const std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
  bool is_plain_ = true;
};

}  // namespace

std::optional<VariableText> parseVariables(std::string_view text) {
  if (text.find("${") == std::string_view::npos) return std::nullopt;
  VariableParser parser(text);
  VariableText parsed = parser.parse();
  if (parser.isPlain()) return std::nullopt;
  return parsed;
}

}  // namespace ddblog::templates::serverless
