// The grammar of conditions:
//
//   or          and { OR and }
//   and         not { AND not }
//   not         NOT not | comparison
//   comparison  primary [ comparator primary | [NOT] BETWEEN primary AND primary
//                       | [NOT] IN ( "[" primary { "," primary } "]" | "(" … ")" | "<<" … ">>" )
//                       | IS [NOT] (MISSING | NULL | a data type) ]
//   primary     "(" or ")" | function "(" … ")" | size "(" path ")" | value | path
//
// A condition can be compared with a boolean: "begins_with(a, 'x') = false".
#include <algorithm>
#include <array>

#include "expression/limits.h"
#include "expression/scalar_order.h"
#include "partiql/parser.h"

namespace ddblog::partiql {

namespace {

constexpr std::array<std::pair<std::string_view, Comparator>, 6> kComparators = {{
    {"=", Comparator::kEqual},
    {"<>", Comparator::kNotEqual},
    {"<", Comparator::kLess},
    {"<=", Comparator::kLessOrEqual},
    {">=", Comparator::kGreaterOrEqual},
    {">", Comparator::kGreater},
}};

// In the order of DynamoDB's error message for an invalid name.
constexpr std::array<std::string_view, 10> kTypeNames = {"N", "BS", "L", "B", "NULL", "M", "S", "SS", "NS", "BOOL"};

// PartiQL's data types, their names in error messages, and DynamoDB's types (empty: IS rejects it).
struct DataType {
  std::string_view keyword;
  std::string_view shown;
  std::string_view type;
};
constexpr std::array<DataType, 15> kDataTypes = {{
    {"string", "STRING", "S"},
    {"numeric", "NUMERIC", "N"},
    {"bool", "BOOLEAN", "BOOL"},
    {"boolean", "BOOLEAN", "BOOL"},
    {"blob", "BLOB", "B"},
    {"list", "LIST", "L"},
    {"struct", "STRUCT", "M"},
    {"tuple", "TUPLE", "M"},
    {"int", "INTEGER", ""},
    {"integer", "INTEGER", ""},
    {"smallint", "SMALLINT", ""},
    {"decimal", "DECIMAL", ""},
    {"dec", "DECIMAL", ""},
    {"bag", "BAG", ""},
    {"sexp", "SEXP", ""},
}};

struct Function {
  std::string_view name;
  std::size_t operands;
  Condition::Kind kind;
};
constexpr std::array<Function, 5> kFunctions = {{
    {"attribute_exists", 1, Condition::Kind::kAttributeExists},
    {"attribute_not_exists", 1, Condition::Kind::kAttributeNotExists},
    {"attribute_type", 2, Condition::Kind::kAttributeType},
    {"begins_with", 2, Condition::Kind::kBeginsWith},
    {"contains", 2, Condition::Kind::kContains},
}};

constexpr const char* kNoExpressions = "The arguments to AND/OR must be Expressions";

const AttributeValue* valueOf(const Operand& operand) {
  const auto* value = std::get_if<std::shared_ptr<const AttributeValue>>(&operand.what);
  return value ? value->get() : nullptr;
}

void checkOrdered(std::string_view symbol, const Operand& operand) {
  const AttributeValue* value = valueOf(operand);
  if (value && !isScalar(*value)) throw wrongOperandType(symbol, *value);
}

bool hasPrefixes(const AttributeValue& value) { return value.is<std::string>() || value.is<AttributeValue::Binary>(); }

Condition negateIf(bool negated, Condition condition) {
  return negated ? Condition::negate(std::move(condition)) : condition;
}

Condition never() { return Condition::any({}); }

// AND and OR count once between two children; anything else is one operator or function.
int countOperators(const Condition& condition) {
  const bool joins = condition.kind == Condition::Kind::kAnd || condition.kind == Condition::Kind::kOr;
  int count = joins ? std::max(0, static_cast<int>(condition.children.size()) - 1) : 1;
  for (const Condition& child : condition.children) count += countOperators(child);
  return count;
}

// "condition = operand": compares the condition's truth value.
Condition equals(Condition condition, Operand operand) {
  if (const AttributeValue* value = valueOf(operand)) {
    const bool* truth = value->getIf<bool>();
    return truth ? negateIf(!*truth, std::move(condition)) : never();
  }
  const DocumentPath* path = std::get_if<DocumentPath>(&operand.what);
  if (!path) return never();
  Condition is_truth = Condition::attributeType(*path, "BOOL");
  return Condition::both(
      std::move(is_truth),
      Condition::same(std::move(condition), Condition::compare(std::move(operand), Comparator::kEqual,
                                                               Operand::value(AttributeValue(true)))));
}

ApiError wrongChoices() {
  return validationError(
      "IN operator must have a left hand argument of type Variable Reference and right hand argument of type Seq with "
      "at least one member");
}

// "condition IN [true, …]".
Condition isOneOf(Condition condition, const std::vector<Operand>& choices) {
  bool choices_have[] = {false, false};
  for (const Operand& choice : choices) {
    const AttributeValue* value = valueOf(choice);
    if (!value) throw wrongChoices();
    if (const bool* truth = value->getIf<bool>()) choices_have[*truth ? 1 : 0] = true;
  }
  if (choices_have[0] && choices_have[1]) return Condition::all({});
  if (!choices_have[0] && !choices_have[1]) return never();
  return negateIf(choices_have[0], std::move(condition));
}

}  // namespace

Condition Parser::parseCondition() {
  Condition condition = asCondition(parseOr(), "WHERE clause must contain an expression that resolves to a boolean");
  // The limit for expressions; dynoxide is the only source that it also applies to statements.
  if (countOperators(condition) > limits::kExpressionOperators) {
    throw validationError("The expression contains too many operators; operator count: " +
                          std::to_string(limits::kExpressionOperators + 1));
  }
  return condition;
}

Condition Parser::asCondition(Term term, const char* refusal) {
  if (Condition* condition = std::get_if<Condition>(&term.what)) return std::move(*condition);
  throw validationError(refusal);
}

Operand Parser::asOperand(std::string_view what, Term term) const {
  if (Operand* operand = std::get_if<Operand>(&term.what)) return std::move(*operand);
  throw wrongOperandType(what, AttributeValue(true));
}

Parser::Term Parser::parseOr() {
  Term first = parseAnd();
  if (!atKeyword("or")) return first;
  std::vector<Condition> children;
  const std::size_t begin = first.token;
  children.push_back(asCondition(std::move(first), kNoExpressions));
  while (takeKeyword("or")) {
    if (atEnd()) throw malformed("Missing right-hand side expression of infix operator");
    children.push_back(asCondition(parseAnd(), kNoExpressions));
  }
  return {Condition::any(std::move(children)), begin};
}

Parser::Term Parser::parseAnd() {
  Term first = parseNot();
  if (!atKeyword("and")) return first;
  std::vector<Condition> children;
  const std::size_t begin = first.token;
  children.push_back(asCondition(std::move(first), kNoExpressions));
  while (takeKeyword("and")) {
    if (atEnd()) throw malformed("Missing right-hand side expression of infix operator");
    children.push_back(asCondition(parseNot(), kNoExpressions));
  }
  return {Condition::all(std::move(children)), begin};
}

Parser::Term Parser::parseNot() {
  if (!atKeyword("not")) return parseComparison();
  const Nested nested(*this);
  const std::size_t begin = next_;
  take();
  return {Condition::negate(asCondition(parseNot(), "The argument to NOT must be a Type or Expression")), begin};
}

Parser::Term Parser::parseComparison() {
  Term left = parsePrimary();
  for (int operators = 0;; ++operators) {
    if (operators > limits::kStatementDepth) throw validationError("The expression has too many levels of nesting;");
    const bool negated = atKeyword("not");
    const std::size_t ahead = negated ? 1 : 0;
    const std::size_t begin = left.token;
    if (atKeyword("between", ahead)) {
      if (negated) take();
      left = {negateIf(negated, parseBetween(std::move(left))), begin};
    } else if (atKeyword("in", ahead)) {
      if (negated) take();
      left = {negateIf(negated, parseIn(std::move(left))), begin};
    } else if (atKeyword("is")) {
      left = parseIs(std::move(left));
    } else if (atKeyword("like", ahead)) {
      throw validationError("Unsupported operator in Condition Expression. Operator: like");
    } else if (at("+") || at("-") || at("*") || at("/") || at("%") || at("||")) {
      throw validationError("Unsupported operator in Condition Expression. Operator: " + peek().text);
    } else {
      const auto* found = std::find_if(kComparators.begin(), kComparators.end(),
                                       [&](const auto& comparator) { return at(comparator.first); });
      if (found == kComparators.end()) return left;
      take();
      left = makeComparison(std::move(left), found->second, found->first);
    }
  }
}

Parser::Term Parser::makeComparison(Term left, Comparator comparator, std::string_view symbol) {
  if (atEnd()) throw malformed("Missing right-hand side expression of infix operator");
  Term right = parsePrimary();
  const std::size_t begin = left.token;
  const bool equality = comparator == Comparator::kEqual || comparator == Comparator::kNotEqual;
  if (equality && (std::holds_alternative<Condition>(left.what) || std::holds_alternative<Condition>(right.what))) {
    Condition* one = std::get_if<Condition>(&left.what);
    Condition* other = std::get_if<Condition>(&right.what);
    Condition equal = one && other ? Condition::same(std::move(*one), std::move(*other))
                      : one        ? equals(std::move(*one), std::get<Operand>(std::move(right.what)))
                                   : equals(std::move(*other), std::get<Operand>(std::move(left.what)));
    return {negateIf(comparator == Comparator::kNotEqual, std::move(equal)), begin};
  }
  Operand one = asOperand(symbol, std::move(left));
  Operand other = asOperand(symbol, std::move(right));
  if (!equality) {
    checkOrdered(symbol, one);
    checkOrdered(symbol, other);
  }
  return {Condition::compare(std::move(one), comparator, std::move(other)), begin};
}

Condition Parser::parseBetween(Term operand) {
  take();
  Operand subject = asOperand("BETWEEN", std::move(operand));
  Operand low = asOperand("BETWEEN", parsePrimary());
  if (!takeKeyword("and")) throw malformed("Expected AND");
  if (atEnd()) throw malformed("Expected expression after AND");
  Operand high = asOperand("BETWEEN", parsePrimary());
  for (const Operand* one : {&subject, &low, &high}) checkOrdered("BETWEEN", *one);
  const AttributeValue* lower = valueOf(low);
  const AttributeValue* upper = valueOf(high);
  if (auto broken = lower && upper ? brokenBounds(*lower, *upper) : std::nullopt) {
    throw validationError(std::move(*broken));
  }
  return Condition::between(std::move(subject), std::move(low), std::move(high));
}

Condition Parser::parseIn(Term operand) {
  take();
  if (atEnd()) throw malformed("Missing right-hand side expression of infix operator");
  const std::string_view closing = at("(") ? ")" : at("[") ? "]" : at("<<") ? ">>" : "";
  if (closing.empty()) throw wrongChoices();
  const Nested nested(*this);
  take();
  if (at(closing)) throw wrongChoices();
  std::vector<Operand> choices;
  do {
    choices.push_back(asOperand("IN", parsePrimary()));
  } while (takeIf(","));
  expect(closing);
  if (choices.size() > static_cast<std::size_t>(limits::kInOperands)) {
    throw validationError("The IN operator is provided with too many operands; number of operands: " +
                          std::to_string(choices.size()));
  }
  if (Condition* condition = std::get_if<Condition>(&operand.what)) {
    return isOneOf(std::move(*condition), choices);
  }
  return Condition::in(std::get<Operand>(std::move(operand.what)), std::move(choices));
}

Parser::Term Parser::parseIs(Term operand) {
  const Token symbol = take();
  const bool negated = takeKeyword("not");
  const std::size_t begin = operand.token;
  const auto* type = std::find_if(kDataTypes.begin(), kDataTypes.end(),
                                  [this](const DataType& one) { return atKeyword(one.keyword); });
  const bool known = type != kDataTypes.end() || atKeyword("missing") || atKeyword("null");
  if (!known) throw malformed("Expected type name");
  const Operand* given = std::get_if<Operand>(&operand.what);
  const DocumentPath* path = given ? std::get_if<DocumentPath>(&given->what) : nullptr;
  if (!path) {
    throw validationError("The left hand side argument to IS must be a Variable Reference, Literal, or Path");
  }
  if (takeKeyword("missing")) {
    return {negated ? Condition::attributeExists(*path) : Condition::attributeNotExists(*path), begin};
  }
  if (takeKeyword("null")) return {negateIf(negated, Condition::attributeType(*path, "NULL")), begin};
  if (type->type.empty()) {
    throw validationError("Unsupported data type for IS operator: " + std::string(type->shown) +
                          ". Supported data types are [MISSING, NULL, BOOLEAN, BLOB, STRING, NUMERIC, STRUCT, TUPLE, "
                          "LIST] at " +
                          position(symbol));
  }
  take();
  return {negateIf(negated, Condition::attributeType(*path, type->type)), begin};
}

Parser::Term Parser::parsePrimary() {
  const std::size_t begin = next_;
  if (at("(")) {
    const Nested nested(*this);
    take();
    if (at(")")) throw malformed("Expression group cannot be empty");
    Term inner = parseOr();
    expect(")");
    inner.token = begin;
    return inner;
  }
  if (atKeyword("size") && at("(", 1)) return {Operand::size(parseSizedPath()), begin};
  if (atIdentifier()) {
    if (at("(", 1)) return {parseFunction(), begin};
    return {Operand::path(parsePath()), begin};
  }
  if (atKeyword("exists") && at("(", 1)) throw unknownFunction(peek());
  if (atKeyword("missing")) throw validationError("MISSING must be compared using IS operator");
  return {Operand::value(parseValue()), begin};
}

DocumentPath Parser::parseSizedPath() {
  take();
  expect("(");
  DocumentPath sized = parsePath();
  expect(")");
  return sized;
}

Condition Parser::parseFunction() {
  const Nested nested(*this);
  const Token token = take();
  const std::string name = lowerCase(token.text);
  const auto* function =
      std::find_if(kFunctions.begin(), kFunctions.end(), [&](const Function& one) { return one.name == name; });
  if (function == kFunctions.end()) throw unknownFunction(token);
  expect("(");
  std::vector<Operand> operands;
  while (!at(")")) {
    operands.push_back(asOperand(name, parsePrimary()));
    if (!takeIf(",")) break;
  }
  expect(")");
  if (operands.size() != function->operands) {
    throw validationError("Incorrect number of operands for operator or function; operator or function: " + name +
                          ", number of operands: " + std::to_string(operands.size()));
  }
  if (!std::holds_alternative<DocumentPath>(operands[0].what)) {
    throw validationError("Operator or function requires a document path; operator or function: " + name);
  }
  const AttributeValue* second = operands.size() > 1 ? valueOf(operands[1]) : nullptr;
  if (function->kind == Condition::Kind::kBeginsWith && second && !hasPrefixes(*second)) {
    throw wrongOperandType(name, *second);
  }
  if (function->kind == Condition::Kind::kAttributeType) {
    if (!second) throw validationError("Unexpected path component at " + position(peek()));
    if (!second->is<std::string>()) throw wrongOperandType(name, *second);
    if (std::find(kTypeNames.begin(), kTypeNames.end(), second->string()) == kTypeNames.end()) {
      std::string known;
      for (std::string_view one : kTypeNames) known += (known.empty() ? "" : ",") + std::string(one);
      throw validationError("Invalid attribute type name found; type: " + second->string() + ", valid types: {" +
                            known + "}");
    }
  }
  Condition condition;
  condition.kind = function->kind;
  condition.operands = std::move(operands);
  return condition;
}

}  // namespace ddblog::partiql
