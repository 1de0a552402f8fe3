// The parts of PartiQL's grammar: tokens, document paths, values, conditions, assignments.
// statement_parser.cc combines them into statements.
//
// DynamoDB reports syntax errors with the messages of the PartiQL reference parser ("Statement
// wasn't well formed, can't be processed: Expected RIGHT_PAREN"). Valid PartiQL that DynamoDB does
// not support has DynamoDB's own messages, some of which give a position.
//
// Thread safety: none; one parser per statement.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/api_error.h"
#include "expression/condition.h"
#include "expression/path.h"
#include "expression/update.h"
#include "item/attribute_value.h"
#include "partiql/lexer.h"

namespace ddblog::partiql {

class Parser {
 public:
  // Both must outlive the parser.
  Parser(std::string_view text, const std::vector<AttributeValue>& parameters);

  const Token& peek(std::size_t ahead = 0) const;
  Token take();
  bool atEnd() const { return peek().kind == Token::Kind::kEnd; }
  bool at(std::string_view symbol, std::size_t ahead = 0) const;
  bool atKeyword(std::string_view lower_case, std::size_t ahead = 0) const;
  bool atIdentifier() const;
  bool takeIf(std::string_view symbol);
  bool takeKeyword(std::string_view lower_case);
  void expect(std::string_view symbol);

  // A path in a SELECT list or a condition.
  DocumentPath parsePath();
  // A path where nothing else is allowed: the target of SET and REMOVE.
  DocumentPath parseSimplePath();
  // "b[0]" of a.b[0]: the value's name in the result of a SELECT.
  static std::string nameOf(const DocumentPath& path);

  // A literal or a parameter.
  AttributeValue parseValue();
  // The members of a literal {…} after its opening brace, for INSERT.
  AttributeValue::Map parseItemMembers();

  Condition parseCondition();
  // What follows "SET path =": an assignment, or adding to or removing from a set.
  UpdateAction parseAssignment(DocumentPath target);

  std::string position(const Token& token) const;
  // Throws: no term can begin with the next token.
  [[noreturn]] void rejectTerm() const;

 private:
  // What a comparison compares; this can be a condition: "(a = 1) = true".
  struct Term {
    std::variant<Operand, Condition> what;
    std::size_t token = 0;  // its first, for error messages
  };

  // Counts the nesting of parentheses, NOT and literals, and throws if it is too deep.
  class Nested {
   public:
    explicit Nested(Parser& parser);
    ~Nested() { --parser_.depth_; }
    Nested(const Nested&) = delete;

   private:
    Parser& parser_;
  };

  void parsePathSteps(DocumentPath& path);
  std::size_t parseListIndex();

  AttributeValue parseValue(const std::string* under);
  AttributeValue parseNumber(bool negative, const std::string& under);
  AttributeValue parseParameter();
  AttributeValue parseList(const std::string& under);
  AttributeValue parseMap(const std::string& under);
  AttributeValue parseSet(const std::string& under);
  std::string parseMemberName();
  ApiError duplicateName(const std::string& name, const std::string& under, const Token& place) const;

  Term parseOr();
  Term parseAnd();
  Term parseNot();
  Term parseComparison();
  Term parsePrimary();
  Term makeComparison(Term left, Comparator comparator, std::string_view symbol);
  Condition parseBetween(Term operand);
  Condition parseIn(Term operand);
  Term parseIs(Term operand);
  static Condition asCondition(Term term, const char* refusal);
  ApiError unknownFunction(const Token& name) const;
  Operand asOperand(std::string_view what, Term term) const;
  Condition parseFunction();
  DocumentPath parseSizedPath();

  SetValue parseSum();
  SetValue parseSetOperand();
  UpdateAction parseSetChange(DocumentPath target);

  std::string_view text_;
  const std::vector<AttributeValue>& parameters_;
  std::vector<Token> tokens_;
  std::size_t next_ = 0;
  std::size_t next_parameter_ = 0;
  int depth_ = 0;
  int literal_depth_ = 0;
};

// "Incorrect operand type for operator or function; …"
ApiError wrongOperandType(std::string_view operator_or_function, const AttributeValue& value);

}  // namespace ddblog::partiql
