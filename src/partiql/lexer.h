// Splits a PartiQL statement into tokens.
//
// Throws ApiError (ValidationException, "Statement wasn't well formed, can't be processed: ") for a
// character that begins no token, and for an unterminated string or comment. The length of a
// statement, and so of its tokens, is limited by the request's constraint
// (limits::kStatementLength).
//
// Thread safety: stateless functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/api_error.h"
#include "base/text.h"
#include "partiql/limits.h"

namespace ddblog::partiql {

struct Token {
  enum class Kind {
    kEnd,               // text is empty
    kIdentifier,        // a name that is not a keyword
    kQuotedIdentifier,  // "a name"; text: what is inside, "" read as "
    kKeyword,           // text: in lower case
    kString,            // 'text'; text: what is inside, '' read as '
    kNumber,            // digits with a point and an exponent, without a sign
    kParameter,         // ?
    kSymbol,            // ( ) [ ] { } << >> , . : ; * + - / % || = <> < <= > >= (!= is read as <>)
  };
  Kind kind = Kind::kEnd;
  std::string text;
  std::size_t begin = 0;   // byte offset in the statement
  std::size_t length = 0;  // in bytes, including quotes
};

// All tokens; the last one is kEnd.
std::vector<Token> tokenize(std::string_view statement);

// The position of a part of the statement as DynamoDB's error messages give it:
// "line:column:length", in characters, counted from 1.
std::string positionOf(std::string_view statement, std::size_t begin, std::size_t length);

// The error for a statement that is not well formed.
ApiError malformed(std::string_view what);

}  // namespace ddblog::partiql
