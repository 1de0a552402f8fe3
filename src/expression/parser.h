// What the parsers of all expressions share: walking the tokens, document paths, values, refusals.
//
// DynamoDB refuses a syntax error first, wherever it is; other problems it collects while it reads,
// and then names one by a fixed order of their kinds, the first of that kind. So a problem is noted
// here, and each parser says the order at its end.
//
// Thread safety: none; a parser lives for one expression.
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
  kName,       // a #name that is not defined; in conditions also a :value
  kValue,      // a :value that is not defined
  kOverlap,    // of two paths
  kConflict,   // of two paths
  kOperand,    // number or type of operands
  kDistinct,   // an operator's operands are the same
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
  bool atKeyword(std::string_view upper_case) const;  // a name that says this in any case
  bool takeIf(std::string_view symbol);
  bool takeKeyword(std::string_view upper_case);
  void expect(std::string_view symbol);

  // A path, from its first name on. `is_keyword` tells the names that cannot be attributes here.
  DocumentPath path(bool (*is_keyword)(std::string_view name));
  // The steps that follow what was read of a path, if any.
  void steps(DocumentPath& path, bool (*is_keyword)(std::string_view name));
  // The ":value" at the front; nullptr (and a problem is noted as `undefined`) if it is not
  // defined.
  std::shared_ptr<const AttributeValue> value(Problem undefined);

  // Counts one operator or function towards limits::kExpressionOperators.
  void countOperator() { ++operators_; }

  // Counts how deep parentheses, NOT and functions are inside one another, and refuses too many.
  class Nested {
   public:
    explicit Nested(ExpressionParser& parser) : parser_(parser) { parser_.enter(); }
    ~Nested() { --parser_.depth_; }
    Nested(const Nested&) = delete;

   private:
    ExpressionParser& parser_;
  };

  // Remembers a problem unless there is one of this kind already.
  void note(Problem problem, std::string message);
  bool noted(Problem problem) const { return !problems_[static_cast<std::size_t>(problem)].empty(); }
  const std::string& noteOf(Problem problem) const { return problems_[static_cast<std::size_t>(problem)]; }
  // Two paths of which an item cannot be asked at once. Notes kOverlap or kConflict.
  void noteRelation(const DocumentPath& one, const DocumentPath& other);

  // Throws the first problem by this order of kinds, if there is any.
  void refuseProblems(std::initializer_list<Problem> order) const;
  [[noreturn]] void refuse(const std::string& message) const;  // "Invalid <expression>: <message>"
  [[noreturn]] void refuseToken() const;                       // the syntax error at the front

 private:
  [[noreturn]] void refuseDigits() const;  // the number at the front, which begins with a zero
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
