#include "partiql/lexer.h"

#include <algorithm>
#include <array>

#include "item/legacy_numbers.h"
#include "partiql/keywords.h"

namespace ddblog::partiql {

namespace {

bool isLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$'; }
bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isNamePart(char c) { return isLetter(c) || isDigit(c); }
bool isBlank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

class Lexer {
 public:
  explicit Lexer(std::string_view statement) : statement_(statement) {}

  std::vector<Token> run() {
    while (skipBlanks()) tokens_.push_back(next());
    tokens_.push_back({Token::Kind::kEnd, {}, statement_.size(), 0});
    return std::move(tokens_);
  }

 private:
  // Also skips "-- comments" and "/* comments */". False at the end.
  bool skipBlanks() {
    while (at_ < statement_.size()) {
      if (isBlank(statement_[at_])) {
        ++at_;
      } else if (startsWith("--")) {
        at_ = std::min(statement_.find_first_of("\r\n", at_), statement_.size());
      } else if (startsWith("/*")) {
        const std::size_t end = statement_.find("*/", at_ + 2);
        if (end == std::string_view::npos) throw malformed("");
        at_ = end + 2;
      } else {
        return true;
      }
    }
    return false;
  }

  bool startsWith(std::string_view text) const { return statement_.substr(at_, text.size()) == text; }

  Token next() {
    const std::size_t begin = at_;
    const char c = statement_[at_];
    if (c == '\'') return finish(Token::Kind::kString, quoted(), begin);
    if (c == '"') return finish(Token::Kind::kQuotedIdentifier, quoted(), begin);
    if (isLetter(c)) return name();
    if (isDigit(c) || (c == '.' && at_ + 1 < statement_.size() && isDigit(statement_[at_ + 1]) && !afterName())) {
      number();
      std::string text(statement_.substr(begin, at_ - begin));
      if (!hasBigDecimalScale(text)) throw malformed("");
      return finish(Token::Kind::kNumber, std::move(text), begin);
    }
    if (c == '?') {
      ++at_;
      return finish(Token::Kind::kParameter, "?", begin);
    }
    return symbol();
  }

  Token finish(Token::Kind kind, std::string text, std::size_t begin) const {
    return {kind, std::move(text), begin, at_ - begin};
  }

  // Whether a dot at this position would belong to a path.
  bool afterName() const {
    if (tokens_.empty()) return false;
    const Token& last = tokens_.back();
    return last.kind == Token::Kind::kIdentifier || last.kind == Token::Kind::kQuotedIdentifier ||
           (last.kind == Token::Kind::kSymbol && last.text == "]");
  }

  std::string quoted() {
    const char quote = statement_[at_++];
    std::string text;
    while (true) {
      const std::size_t end = statement_.find(quote, at_);
      if (end == std::string_view::npos) throw malformed("");
      text.append(statement_.substr(at_, end - at_));
      at_ = end + 1;
      if (at_ == statement_.size() || statement_[at_] != quote) return text;
      text.push_back(quote);
      ++at_;
    }
  }

  Token name() {
    const std::size_t begin = at_;
    while (at_ < statement_.size() && isNamePart(statement_[at_])) ++at_;
    const std::string_view text = statement_.substr(begin, at_ - begin);
    std::string lower = lowerCase(text);
    if (isKeyword(lower)) return finish(Token::Kind::kKeyword, std::move(lower), begin);
    return finish(Token::Kind::kIdentifier, std::string(text), begin);
  }

  void digits() {
    while (at_ < statement_.size() && isDigit(statement_[at_])) ++at_;
  }

  void number() {
    digits();
    if (at_ < statement_.size() && statement_[at_] == '.') {
      ++at_;
      digits();
    }
    if (at_ == statement_.size() || (statement_[at_] != 'e' && statement_[at_] != 'E')) return;
    std::size_t exponent = at_ + 1;
    if (exponent < statement_.size() && (statement_[exponent] == '+' || statement_[exponent] == '-')) ++exponent;
    if (exponent == statement_.size() || !isDigit(statement_[exponent])) return;
    at_ = exponent;
    digits();
  }

  Token symbol() {
    static constexpr std::array<std::string_view, 7> kTwo = {"<<", ">>", "<>", "<=", ">=", "!=", "||"};
    static constexpr std::string_view kOne = "()[]{},.:;*+-/%=<>";
    const std::size_t begin = at_;
    for (std::string_view two : kTwo) {
      if (!startsWith(two)) continue;
      at_ += 2;
      return finish(Token::Kind::kSymbol, std::string(two == "!=" ? "<>" : two), begin);
    }
    if (kOne.find(statement_[at_]) == std::string_view::npos) throw malformed("");
    ++at_;
    return finish(Token::Kind::kSymbol, std::string(1, statement_[begin]), begin);
  }

  std::string_view statement_;
  std::size_t at_ = 0;
  std::vector<Token> tokens_;
};

// The number of UTF-8 characters: bytes that are not continuation bytes.
std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

}  // namespace

std::vector<Token> tokenize(std::string_view statement) { return Lexer(statement).run(); }

std::string positionOf(std::string_view statement, std::size_t begin, std::size_t length) {
  const std::string_view before = statement.substr(0, begin);
  const std::size_t line_end = before.rfind('\n');
  const std::string_view line = line_end == std::string_view::npos ? before : before.substr(line_end + 1);
  return std::to_string(std::count(before.begin(), before.end(), '\n') + 1) + ":" +
         std::to_string(characters(line) + 1) + ":" + std::to_string(characters(statement.substr(begin, length)));
}

ApiError malformed(std::string_view what) {
  return validationError("Statement wasn't well formed, can't be processed: " + std::string(what));
}

}  // namespace ddblog::partiql
