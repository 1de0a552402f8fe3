// Splits a PartiQL statement into tokens.
//
// Refuses (ApiError ValidationException, "Statement wasn't well formed, can't be processed: ") what
// no token begins with, a text in quotes that does not end and a comment that does not end. A
// statement is bounded by the request's constraint (limits::kStatementLength), and so are its
// tokens.
//
// Thread safety: free functions without state.
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
    kIdentifier,        // a name that is no keyword
    kQuotedIdentifier,  // "a name"; text: what is inside, "" read as "
    kKeyword,           // text: in lower case
    kString,            // 'text'; text: what is inside, '' read as '
    kNumber,            // digits with a point and an exponent, without a sign
    kParameter,         // ?
    kSymbol,            // ( ) [ ] { } << >> , . : ; * + - / % || = <> < <= > >= (!= is read as <>)
  };
  Kind kind = Kind::kEnd;
  std::string text;
  std::size_t begin = 0;   // in the statement's bytes
  std::size_t length = 0;  // as it stands there, quotes and all
};

// All tokens, closed by one kEnd.
std::vector<Token> tokenize(std::string_view statement);

// Where a part of the statement is, as DynamoDB's refusals say it: "line:column:length", in
// characters, from 1 on.
std::string positionOf(std::string_view statement, std::size_t begin, std::size_t length);

// The refusal of a statement that is none.
ApiError malformed(std::string_view what);

}  // namespace ddblog::partiql
