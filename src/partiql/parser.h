// What the grammar of PartiQL statements is made of: walking the tokens, document paths, values,
// conditions, what SET assigns. statement_parser.cc puts statements together from it.
//
// DynamoDB's refusals of statements that are none are those of the PartiQL reference parser,
// "Statement wasn't well formed, can't be processed: Expected RIGHT_PAREN"; what is well formed but
// not DynamoDB's is refused in words of its own, some of which say where it stands.
//
// Thread safety: none; a parser lives for one statement.
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

  // A path, from its first name on: in a SELECT list or a condition.
  DocumentPath path();
  // The same where only a path may stand: what SET and REMOVE change.
  DocumentPath simplePath();
  // "b[0]" of a.b[0]: what a SELECT calls the value.
  static std::string nameOf(const DocumentPath& path);

  // A literal or a parameter.
  AttributeValue value();
  // The members of a literal {…} with its first brace taken, for INSERT.
  AttributeValue::Map itemMembers();

  Condition condition();
  // What follows "SET path =": an assignment, or the addition to or subtraction from a set.
  UpdateAction assignment(DocumentPath target);

  std::string position(const Token& token) const;
  // Throws for the token at the front: nothing can begin with it here.
  [[noreturn]] void refuseTerm() const;

 private:
  // What a condition compares, or a condition in its place: "(a = 1) = true".
  struct Term {
    std::variant<Operand, Condition> what;
    std::size_t token = 0;  // its first, for refusals
  };

  // Counts how deep parentheses, NOT and literals are inside one another, and refuses too many.
  class Nested {
   public:
    explicit Nested(Parser& parser);
    ~Nested() { --parser_.depth_; }
    Nested(const Nested&) = delete;

   private:
    Parser& parser_;
  };

  void steps(DocumentPath& path);
  std::size_t listIndex();

  AttributeValue value(const std::string* under);
  AttributeValue number(bool negative, const std::string& under);
  AttributeValue parameter();
  AttributeValue list(const std::string& under);
  AttributeValue map(const std::string& under);
  AttributeValue set(const std::string& under);
  std::string memberName();
  ApiError duplicateName(const std::string& name, const std::string& under, const Token& place) const;

  Term either();
  Term both();
  Term negation();
  Term comparison();
  Term plainTerm();
  Term compared(Term left, Comparator comparator, std::string_view symbol);
  Condition between(Term operand);
  Condition in(Term operand);
  Term is(Term operand);
  static Condition asCondition(Term term, const char* refusal);
  ApiError unknownFunction(const Token& name) const;
  Operand asOperand(std::string_view what, Term term) const;
  Condition function();
  DocumentPath sizedPath();

  SetValue sum();
  SetValue setOperand();
  UpdateAction setChange(DocumentPath target);

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
