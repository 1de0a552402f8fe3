// Splits an expression's text into tokens. It never fails: a character that begins no token becomes
// a token of its own, which the parser rejects at its position.
//
// Thread safety: a free function. Tokens refer to the text.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace ddblog {

struct Token {
  enum class Kind {
    kEnd,       // text is empty
    kName,      // a letter, then letters, digits, underscores: an attribute, a keyword or a function
    kNameKey,   // "#name"
    kValueKey,  // ":value"
    kNumber,    // digits
    kSymbol,    // "(" ")" "[" "]" "," "." "+" "-" "=" "<" "<=" "<>" ">" ">=", or anything else, one character
  };
  Kind kind = Kind::kEnd;
  std::string_view text;
  std::size_t begin = 0;  // byte offset in the expression
};

// All tokens; the last one is kEnd.
std::vector<Token> tokenize(std::string_view text);

}  // namespace ddblog
