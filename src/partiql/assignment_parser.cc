// The grammar of what SET assigns:
//
//   assignment  (set_add | set_delete) "(" path "," value ")" | sum          the path: the target
//   sum         operand { ("+" | "-") operand }
//   operand     "(" sum ")" | list_append "(" operand "," operand ")" | value | path
#include <algorithm>

#include "expression/limits.h"
#include "partiql/parser.h"

namespace ddblog::partiql {

namespace {

std::string upperCase(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return upper;
}

bool isSet(const AttributeValue& value) {
  return value.is<AttributeValue::StringSet>() || value.is<AttributeValue::NumberSet>() ||
         value.is<AttributeValue::BinarySet>();
}

// A literal must have the type that the operator or function accepts.
void checkType(std::string_view name, const SetValue& operand, AttributeValue::Type type) {
  if (operand.kind == SetValue::Kind::kValue && operand.value->type() != type) {
    throw wrongOperandType(name, *operand.value);
  }
}

}  // namespace

UpdateAction Parser::parseAssignment(DocumentPath target) {
  if (peek().kind == Token::Kind::kIdentifier && at("(", 1)) {
    const std::string name = lowerCase(peek().text);
    if (name == "set_add" || name == "set_delete") return parseSetChange(std::move(target));
  }
  return UpdateAction::setTo(std::move(target), parseSum());
}

UpdateAction Parser::parseSetChange(DocumentPath target) {
  const Token function = take();
  const std::string name = upperCase(function.text);
  expect("(");
  const Token first = peek();
  std::vector<SetValue> arguments;
  while (!at(")")) {
    arguments.push_back(atIdentifier() ? SetValue::at(parsePath()) : SetValue::of(parseValue()));
    if (!takeIf(",")) break;
  }
  expect(")");
  if (arguments.size() != 2) throw validationError(name + " must have exactly two arguments at " + position(function));
  if (arguments[0].kind != SetValue::Kind::kPath || arguments[0].path != target) {
    throw validationError("The first argument to " + name + " must equal the assignment value at " +
                          position(function));
  }
  const SetValue& changed = arguments[1];
  if (changed.kind != SetValue::Kind::kValue || !isSet(*changed.value)) {
    throw validationError("The second argument to " + name + " must be a value with type SET at " + position(first));
  }
  return name == "SET_ADD" ? UpdateAction::add(std::move(target), *changed.value)
                           : UpdateAction::deleteFrom(std::move(target), *changed.value);
}

SetValue Parser::parseSum() {
  SetValue left = parseSetOperand();
  for (int operators = 0; at("+") || at("-"); ++operators) {
    if (operators > limits::kStatementDepth) throw validationError("The expression has too many levels of nesting;");
    const std::string symbol = take().text;
    if (atEnd()) throw malformed("Missing right-hand side expression of infix operator");
    SetValue right = parseSetOperand();
    checkType(symbol, left, AttributeValue::Type::kNumber);
    checkType(symbol, right, AttributeValue::Type::kNumber);
    left = symbol == "+" ? SetValue::plus(std::move(left), std::move(right))
                         : SetValue::minus(std::move(left), std::move(right));
  }
  if (at("*") || at("/") || at("%") || at("||")) {
    throw validationError("Unsupported operator in Update Expression. Operator: " + peek().text);
  }
  return left;
}

SetValue Parser::parseSetOperand() {
  if (at("(")) {
    const Nested nested(*this);
    take();
    SetValue inner = parseSum();
    expect(")");
    return inner;
  }
  if (atKeyword("missing")) throw validationError("MISSING must be compared using IS operator");
  if (!atIdentifier()) return SetValue::of(parseValue());
  if (!at("(", 1)) return SetValue::at(parsePath());
  const Nested nested(*this);
  const Token function = take();
  const std::string name = lowerCase(function.text);
  if (name != "list_append") throw unknownFunction(function);
  expect("(");
  SetValue first = parseSetOperand();
  expect(",");
  SetValue second = parseSetOperand();
  expect(")");
  checkType(name, first, AttributeValue::Type::kList);
  checkType(name, second, AttributeValue::Type::kList);
  return SetValue::listAppend(std::move(first), std::move(second));
}

}  // namespace ddblog::partiql
