#include "expression/lexer.h"

namespace ddblog {

namespace {

bool isLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isNamePart(char c) { return isLetter(c) || isDigit(c) || c == '_'; }
bool isBlank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

std::size_t endOf(std::string_view text, std::size_t from, bool (*belongs)(char)) {
  while (from < text.size() && belongs(text[from])) ++from;
  return from;
}

// The end of a symbol: a comparator of two characters, or one character (several bytes in UTF-8).
std::size_t endOfSymbol(std::string_view text, std::size_t begin) {
  const std::string_view two = text.substr(begin, 2);
  if (two == "<=" || two == ">=" || two == "<>") return begin + 2;
  std::size_t end = begin + 1;
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) ++end;
  return end;
}

}  // namespace

std::vector<Token> tokenize(std::string_view text) {
  std::vector<Token> tokens;
  std::size_t i = 0;
  while (true) {
    i = endOf(text, i, isBlank);
    if (i == text.size()) break;
    const char c = text[i];
    Token::Kind kind = Token::Kind::kSymbol;
    std::size_t end = i;
    if (isLetter(c)) {
      kind = Token::Kind::kName;
      end = endOf(text, i, isNamePart);
    } else if (isDigit(c)) {
      kind = Token::Kind::kNumber;
      end = endOf(text, i, isDigit);
    } else if ((c == '#' || c == ':') && i + 1 < text.size() && isNamePart(text[i + 1])) {
      kind = c == '#' ? Token::Kind::kNameKey : Token::Kind::kValueKey;
      end = endOf(text, i + 1, isNamePart);
    } else {
      end = endOfSymbol(text, i);
    }
    tokens.push_back({kind, text.substr(i, end - i), i});
    i = end;
  }
  tokens.push_back({Token::Kind::kEnd, {}, text.size()});
  return tokens;
}

}  // namespace ddblog
