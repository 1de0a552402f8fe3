#include "expression/parser.h"

#include <algorithm>
#include <charconv>

#include "base/api_error.h"
#include "expression/limits.h"
#include "expression/reserved_words.h"
#include "item/limits.h"

namespace ddblog {

namespace {

bool equalsUpper(std::string_view text, std::string_view upper_case) {
  return std::equal(text.begin(), text.end(), upper_case.begin(), upper_case.end(), [](char c, char upper) {
    return (c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c) == upper;
  });
}

}  // namespace

ExpressionParser::ExpressionParser(std::string_view text, ExpressionKind kind, Substitutions& substitutions)
    : text_(text), kind_(kind), substitutions_(substitutions) {
  if (text.size() > limits::kExpressionBytes) {
    const bool names_size =
        substitutions.namesSizes() && (kind == ExpressionKind::kFilter || kind == ExpressionKind::kCondition);
    // Filters of Scan and conditions of transactions still report their length (substitutions.h).
    refuse("Expression size has exceeded the maximum allowed size;" +
           (names_size ? " expression size: " + std::to_string(text.size()) : std::string()));
  }
  tokens_ = tokenize(text);
  if (text.empty()) refuse("The expression can not be empty;");
}

const Token& ExpressionParser::peek(std::size_t ahead) const {
  return tokens_[std::min(next_ + ahead, tokens_.size() - 1)];
}

Token ExpressionParser::take() {
  const Token token = peek();
  if (next_ + 1 < tokens_.size()) ++next_;
  return token;
}

bool ExpressionParser::at(std::string_view symbol) const {
  return peek().kind == Token::Kind::kSymbol && peek().text == symbol;
}

bool ExpressionParser::atKeyword(std::string_view upper_case) const {
  return peek().kind == Token::Kind::kName && equalsUpper(peek().text, upper_case);
}

bool ExpressionParser::takeIf(std::string_view symbol) {
  if (!at(symbol)) return false;
  take();
  return true;
}

bool ExpressionParser::takeKeyword(std::string_view upper_case) {
  if (!atKeyword(upper_case)) return false;
  take();
  return true;
}

void ExpressionParser::expect(std::string_view symbol) {
  if (!takeIf(symbol)) refuseToken();
}

std::string ExpressionParser::nameStep(bool (*is_keyword)(std::string_view name)) {
  const Token::Kind kind = peek().kind;
  if (kind == Token::Kind::kName) {
    if (is_keyword(peek().text)) refuseToken();
    const std::string_view name = take().text;
    if (isReservedWord(name)) {
      note(Problem::kReserved, "Attribute name is a reserved keyword; reserved keyword: " + std::string(name));
    }
    return std::string(name);
  }
  if (kind != Token::Kind::kNameKey) refuseToken();
  const std::string_view key = take().text;
  if (noted(Problem::kName)) return {};
  if (const std::string* name = substitutions_.name(key)) return *name;
  note(Problem::kName,
       "An expression attribute name used in the document path is not defined; attribute name: " + std::string(key));
  return {};
}

DocumentPath ExpressionParser::path(bool (*is_keyword)(std::string_view name)) {
  DocumentPath path{nameStep(is_keyword), {}};
  steps(path, is_keyword);
  return path;
}

void ExpressionParser::steps(DocumentPath& path, bool (*is_keyword)(std::string_view name)) {
  while (true) {
    if (takeIf(".")) {
      path.steps.emplace_back(nameStep(is_keyword));
    } else if (takeIf("[")) {
      if (peek().kind != Token::Kind::kNumber) refuseToken();
      const std::string_view digits = peek().text;
      if (digits.size() > 1 && digits[0] == '0') refuseDigits();
      take();
      std::size_t index = 0;
      const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), index);
      if (read.ec != std::errc() || index > limits::kListIndex) {
        refuse("List index is not within the allowable range; index: [" + std::string(digits) + "]");
      }
      expect("]");
      path.steps.emplace_back(index);
    } else {
      break;
    }
  }
  if (path.steps.size() >= static_cast<std::size_t>(limits::kItemDepth)) {
    refuse("The document path has too many nesting elements; nesting levels: " + std::to_string(path.steps.size() + 1));
  }
}

std::shared_ptr<const AttributeValue> ExpressionParser::value(Problem undefined) {
  if (peek().kind != Token::Kind::kValueKey) refuseToken();
  const std::string_view key = take().text;
  if (noted(undefined)) return nullptr;
  auto value = substitutions_.value(key);
  if (!value) {
    note(undefined,
         "An expression attribute value used in expression is not defined; attribute value: " + std::string(key));
  }
  return value;
}

// Each function counts as an operator, and two pairs of parentheses without an operator between them
// are redundant. So deeper nesting than this is always an error.
void ExpressionParser::enter() {
  constexpr int kDeepest = 2 * limits::kExpressionOperators + 1;
  if (++depth_ <= kDeepest) return;
  refuseProblems({});
  refuse("The expression has redundant parentheses;");
}

void ExpressionParser::note(Problem problem, std::string message) {
  if (!noted(problem)) problems_[static_cast<std::size_t>(problem)] = std::move(message);
}

void ExpressionParser::noteRelation(const DocumentPath& one, const DocumentPath& other) {
  const PathRelation relation = relate(one, other);
  if (relation == PathRelation::kApart) return;
  const bool overlap = relation == PathRelation::kOverlap;
  note(overlap ? Problem::kOverlap : Problem::kConflict,
       std::string("Two document paths ") + (overlap ? "overlap" : "conflict") +
           " with each other; must remove or rewrite one of these paths; path one: " + showPath(one) +
           ", path two: " + showPath(other));
}

void ExpressionParser::refuseProblems(std::initializer_list<Problem> order) const {
  if (operators_ > limits::kExpressionOperators) {
    refuse("The expression contains too many operators; operator count: " + std::to_string(operators_));
  }
  for (const Problem problem : order) {
    if (noted(problem)) refuse(noteOf(problem));
  }
}

void ExpressionParser::refuse(const std::string& message) const {
  throw validationError("Invalid " + std::string(expressionName(kind_)) + ": " + message);
}

// A number with a leading zero is read as that zero and the rest; the error is at the rest.
void ExpressionParser::refuseDigits() const {
  const Token& digits = peek();
  const Token& after = peek(1);
  const std::size_t end = after.kind == Token::Kind::kEnd ? text_.size() : after.begin + after.text.size();
  const std::string_view rest = digits.text.substr(1);
  const std::string_view token = rest[0] == '0' ? rest.substr(0, 1) : rest;
  refuse("Syntax error; token: \"" + std::string(token) + "\", near: \"" +
         std::string(text_.substr(digits.begin, end - digits.begin)) + "\"");
}

// "near" is the text from the previous token to the next.
void ExpressionParser::refuseToken() const {
  const Token& token = peek();
  const Token& before = next_ > 0 ? tokens_[next_ - 1] : token;
  const Token& after = peek(1);
  const Token& last = after.kind == Token::Kind::kEnd ? token : after;
  // For an error at the end it extends to the end of the text, including blanks.
  const std::size_t begin = token.kind == Token::Kind::kEnd && next_ == 0 ? 0 : before.begin;
  const std::string_view near = text_.substr(begin, last.begin + last.text.size() - begin);
  refuse("Syntax error; token: \"" + std::string(token.kind == Token::Kind::kEnd ? "<EOF>" : token.text) +
         "\", near: \"" + std::string(near) + "\"");
}

}  // namespace ddblog
