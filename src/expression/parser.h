// What the parsers of all expressions share: tokens, document paths, values, errors.
//
// DynamoDB reports a syntax error first, wherever it is. It collects other problems while parsing
// and then reports the first one of the most important kind. So problems are noted here, and each
// parser ends by giving the order of kinds.
//
// Thread safety: none; one parser per expression.
#pragma once

#include <array>
#include <cstddef>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "expression/lexer.h"
#include "expression/limits.h"
#include "expression/path.h"
#include "expression/substitutions.h"

namespace ddblog {

enum class Problem {
  kParentheses,
  kUnknownFunction,
  kMisusedFunction,
  kReserved,
  kSection,
  kName,       // an undefined #name; in conditions also an undefined :value
  kValue,      // an undefined :value
  kOverlap,    // of two paths
  kConflict,   // of two paths
  kOperand,    // number or type of operands
  kDistinct,   // an operator's operands are identical
  kFunction,   // types of a function's operands
  kCondition,  // the first of a condition's own problems
  kCount,
};

class ExpressionParser {
 public:
  // Throws if the text is empty or too long. `text` and `substitutions` must outlive the parser.
  ExpressionParser(std::string_view text, ExpressionKind kind, Substitutions& substitutions);

  const Token& peek(std::size_t ahead = 0) const;
  Token take();
  bool atEnd() const { return peek().kind == Token::Kind::kEnd; }
  bool at(std::string_view symbol) const;
  bool atKeyword(std::string_view upper_case) const;  // a name equal to this, ignoring case
  bool takeIf(std::string_view symbol);
  bool takeKeyword(std::string_view upper_case);
  void expect(std::string_view symbol);

  // A whole path. `is_keyword` tells which names cannot be attributes here.
  DocumentPath path(bool (*is_keyword)(std::string_view name));
  // The remaining steps of a path, if any.
  void steps(DocumentPath& path, bool (*is_keyword)(std::string_view name));
  // The next ":value"; if it is not defined, nullptr, and a problem of kind `undefined` is noted.
  std::shared_ptr<const AttributeValue> value(Problem undefined);

  // Counts one operator or function towards limits::kExpressionOperators.
  void countOperator() { ++operators_; }

  // Counts the nesting of parentheses and functions, and throws if it is deeper than the limit on
  // operators allows.
  class Nested {
   public:
    explicit Nested(ExpressionParser& parser) : parser_(parser) { parser_.enter(); }
    ~Nested() { --parser_.depth_; }
    Nested(const Nested&) = delete;

   private:
    ExpressionParser& parser_;
  };

  // Notes a problem, unless one of this kind was noted before.
  void note(Problem problem, std::string message);
  bool noted(Problem problem) const { return !problems_[static_cast<std::size_t>(problem)].empty(); }
  const std::string& noteOf(Problem problem) const { return problems_[static_cast<std::size_t>(problem)]; }
  // Notes kOverlap or kConflict if the two paths exclude each other.
  void noteRelation(const DocumentPath& one, const DocumentPath& other);

  // Throws the first noted problem in this order of kinds, if any.
  void refuseProblems(std::initializer_list<Problem> order) const;
  [[noreturn]] void refuse(const std::string& message) const;  // "Invalid <expression>: <message>"
  [[noreturn]] void refuseToken() const;                       // the syntax error at the next token

 private:
  [[noreturn]] void refuseDigits() const;  // the next token, a number with a leading zero
  void enter();
  std::string nameStep(bool (*is_keyword)(std::string_view name));

  std::string_view text_;
  ExpressionKind kind_;
  Substitutions& substitutions_;
  std::vector<Token> tokens_;
  std::size_t next_ = 0;
  int depth_ = 0;
  int operators_ = 0;
  std::array<std::string, static_cast<std::size_t>(Problem::kCount)> problems_;
};

}  // namespace ddblog
