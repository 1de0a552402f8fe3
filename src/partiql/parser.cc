#include "partiql/parser.h"
#include "expression/limits.h"
#include "item/legacy_numbers.h"
#include "item/limits.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace ddblog::partiql {

namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kSymbolNames = {{
    {"(", "LEFT_PAREN"},
    {")", "RIGHT_PAREN"},
    {"[", "LEFT_BRACKET"},
    {"]", "RIGHT_BRACKET"},
    {"{", "LEFT_CURLY"},
    {"}", "RIGHT_CURLY"},
    {">>", "RIGHT_DOUBLE_ANGLE_BRACKET"},
    {",", "COMMA"},
    {":", "COLON"},
}};

// The keywords that the PartiQL reference parser reads as operators.
bool isOperatorKeyword(std::string_view text) {
  static constexpr std::array<std::string_view, 9> kOperators = {"and", "between", "except", "in",   "intersect",
                                                                 "is",  "like",    "or",     "union"};
  return std::find(kOperators.begin(), kOperators.end(), text) != kOperators.end();
}

bool isOperator(const Token& token) {
  if (token.kind == Token::Kind::kKeyword) return isOperatorKeyword(token.text);
  static constexpr std::string_view kBrackets = "()[]{},.:;";
  return token.kind == Token::Kind::kSymbol && token.text != "<<" && token.text != ">>" &&
         kBrackets.find(token.text) == std::string_view::npos;
}

// A set's elements as DynamoDB's error message shows them.
std::string joined(const std::vector<AttributeValue>& elements) {
  std::string text;
  for (const AttributeValue& element : elements) {
    if (!text.empty()) text += ", ";
    text += element.is<Decimal>() ? element.number().toString() : element.string();
  }
  return text;
}

}  // namespace

ApiError wrongOperandType(std::string_view operator_or_function, const AttributeValue& value) {
  return validationError("Incorrect operand type for operator or function; operator or function: " +
                         std::string(operator_or_function) + ", operand type: " + std::string(typeName(value.type())));
}

Parser::Parser(std::string_view text, const std::vector<AttributeValue>& parameters)
    : text_(text), parameters_(parameters), tokens_(tokenize(text)) {}

Parser::Nested::Nested(Parser& parser) : parser_(parser) {
  if (parser.depth_ >= limits::kStatementDepth) {
    throw validationError("The expression has too many levels of nesting;");
  }
  ++parser.depth_;
}

const Token& Parser::peek(std::size_t ahead) const { return tokens_[std::min(next_ + ahead, tokens_.size() - 1)]; }

Token Parser::take() {
  Token token = peek();
  if (next_ + 1 < tokens_.size()) ++next_;
  return token;
}

bool Parser::at(std::string_view symbol, std::size_t ahead) const {
  return peek(ahead).kind == Token::Kind::kSymbol && peek(ahead).text == symbol;
}

bool Parser::atKeyword(std::string_view lower_case, std::size_t ahead) const {
  return peek(ahead).kind == Token::Kind::kKeyword && peek(ahead).text == lower_case;
}

bool Parser::atIdentifier() const {
  return peek().kind == Token::Kind::kIdentifier || peek().kind == Token::Kind::kQuotedIdentifier;
}

bool Parser::takeIf(std::string_view symbol) {
  if (!at(symbol)) return false;
  take();
  return true;
}

bool Parser::takeKeyword(std::string_view lower_case) {
  if (!atKeyword(lower_case)) return false;
  take();
  return true;
}

void Parser::expect(std::string_view symbol) {
  if (takeIf(symbol)) return;
  for (const auto& [text, name] : kSymbolNames) {
    if (text == symbol) throw malformed("Expected " + std::string(name));
  }
  throw malformed("Expected '" + std::string(symbol) + "'");
}

std::string Parser::position(const Token& token) const { return positionOf(text_, token.begin, token.length); }

void Parser::rejectTerm() const {
  if (peek().kind == Token::Kind::kKeyword && !isOperatorKeyword(peek().text)) throw malformed("Unexpected keyword");
  throw malformed(isOperator(peek()) ? "Unexpected operator" : "Unexpected term");
}

DocumentPath Parser::parsePath() {
  if (!atIdentifier()) rejectTerm();
  return parseSimplePath();
}

DocumentPath Parser::parseSimplePath() {
  if (!atIdentifier()) throw malformed("Expected identifier for simple path");
  DocumentPath path{take().text, {}};
  if (path.attribute.empty()) throw validationError("Path component cannot be an empty string");
  parsePathSteps(path);
  return path;
}

void Parser::parsePathSteps(DocumentPath& path) {
  while (true) {
    if (takeIf(".")) {
      if (!atIdentifier()) throw malformed("Invalid path dot component");
      path.steps.emplace_back(take().text);
      if (std::get<std::string>(path.steps.back()).empty()) {
        throw validationError("Path component cannot be an empty string");
      }
    } else if (takeIf("[")) {
      if (peek().kind == Token::Kind::kString) {
        path.steps.emplace_back(take().text);
      } else {
        path.steps.emplace_back(parseListIndex());
      }
      expect("]");
    } else {
      break;
    }
  }
  if (path.steps.size() >= static_cast<std::size_t>(limits::kItemDepth)) {
    throw validationError("The document path has too many nesting elements; nesting levels: " +
                          std::to_string(path.steps.size() + 1));
  }
}

std::size_t Parser::parseListIndex() {
  const bool negative = takeIf("-");
  if (peek().kind != Token::Kind::kNumber) rejectTerm();
  const Token token = take();
  std::size_t index = 0;
  const char* end = token.text.data() + token.text.size();
  const auto read = std::from_chars(token.text.data(), end, index);
  if (negative || read.ec != std::errc() || read.ptr != end || index > limits::kListIndex) {
    throw validationError("List index is not within the allowable range; index: [" + std::string(negative ? "-" : "") +
                          token.text + "] at " + position(token));
  }
  return index;
}

std::string Parser::nameOf(const DocumentPath& path) {
  std::size_t last = path.steps.size();
  while (last > 0 && std::holds_alternative<std::size_t>(path.steps[last - 1])) --last;
  std::string name = last == 0 ? path.attribute : std::get<std::string>(path.steps[last - 1]);
  for (std::size_t i = last; i < path.steps.size(); ++i) {
    name += "[" + std::to_string(std::get<std::size_t>(path.steps[i])) + "]";
  }
  return name;
}

AttributeValue Parser::parseValue() { return parseValue(nullptr); }

// `under`: the value's place in a literal ("root.a[0]"), where parameters are not allowed; nullptr
// if it is not part of one.
AttributeValue Parser::parseValue(const std::string* under) {
  const Token& token = peek();
  if (under && literal_depth_ >= limits::kItemDepth) {
    throw validationError("Nesting Levels have exceeded supported limits under " + *under);
  }
  const std::string root = under ? *under : "root";
  switch (token.kind) {
    case Token::Kind::kString:
      return AttributeValue(take().text);
    case Token::Kind::kNumber:
      return parseNumber(false, root);
    case Token::Kind::kParameter:
      if (under) {
        throw validationError("Unsupported data type: Parameter under key " + *under + " at " + position(token));
      }
      return parseParameter();
    case Token::Kind::kKeyword:
      if (takeKeyword("true")) return AttributeValue(true);
      if (takeKeyword("false")) return AttributeValue(false);
      if (takeKeyword("null")) return AttributeValue();
      if (token.text == "missing") {
        throw validationError("Unsupported data type: LiteralMissing under key " + root + " at " + position(token));
      }
      break;
    case Token::Kind::kSymbol:
      if (at("+") || at("-")) {
        bool negative = false;
        Token sign;
        while (at("+") || at("-")) {
          sign = take();
          negative = negative != (sign.text == "-");
        }
        if (peek().kind == Token::Kind::kNumber) return parseNumber(negative, root);
        if (atEnd()) rejectTerm();
        throw validationError("Unsupported operator in Condition Expression. Operator: " + sign.text);
      }
      if (takeIf("[")) return parseList(root);
      if (at("{")) return parseMap(root);
      if (takeIf("<<")) return parseSet(root);
      break;
    case Token::Kind::kIdentifier:
      if (!at("(", 1)) break;
      throw validationError("Unsupported data type: " + lowerCase(token.text) + " under key " + root + " at " +
                            position(token));
    default:
      break;
  }
  rejectTerm();
}

ApiError Parser::unknownFunction(const Token& name) const {
  return validationError("Unrecognized function: " + lowerCase(name.text) + " at " + position(name));
}

AttributeValue Parser::parseNumber(bool negative, const std::string& under) {
  const std::string text = take().text;
  try {
    const Decimal magnitude = Decimal::parse(text);
    return AttributeValue(negative ? -magnitude : magnitude);
  } catch (const ApiError& error) {
    throw validationError(legacyNumberMessage(text, error) + " under " + under);
  }
}

AttributeValue Parser::parseParameter() {
  take();
  if (next_parameter_ >= parameters_.size()) {
    throw validationError("Number of parameters in request and statement don't match.");
  }
  return parameters_[next_parameter_++];
}

AttributeValue Parser::parseList(const std::string& under) {
  const Nested nested(*this);
  ++literal_depth_;
  AttributeValue::List list;
  while (!at("]")) {
    const std::string here = under + "[" + std::to_string(list.size()) + "]";
    list.push_back(parseValue(&here));
    if (!takeIf(",")) break;
  }
  expect("]");
  --literal_depth_;
  return AttributeValue(std::move(list));
}

std::string Parser::parseMemberName() {
  if (peek().kind != Token::Kind::kString && !atIdentifier()) rejectTerm();
  std::string name = take().text;
  if (name.empty()) throw validationError("Path component cannot be an empty string");
  expect(":");
  return name;
}

ApiError Parser::duplicateName(const std::string& name, const std::string& under, const Token& place) const {
  return validationError("Duplicate keys in tuple. Key: " + name + " under " + under + " at " + position(place));
}

AttributeValue Parser::parseMap(const std::string& under) {
  const Nested nested(*this);
  const Token brace = take();
  ++literal_depth_;
  AttributeValue::Map map;
  while (!at("}")) {
    const std::string name = parseMemberName();
    const std::string here = under + "." + name;
    if (!map.emplace(name, parseValue(&here)).second) throw duplicateName(name, under, brace);
    if (!takeIf(",")) break;
  }
  expect("}");
  --literal_depth_;
  return AttributeValue(std::move(map));
}

AttributeValue::Map Parser::parseItemMembers() {
  AttributeValue::Map item;
  while (!at("}")) {
    const Token token = peek();
    const std::string name = parseMemberName();
    if (!item.emplace(name, parseValue()).second) throw duplicateName(name, "root", token);
    if (!takeIf(",")) break;
  }
  expect("}");
  return item;
}

// The first element decides whether it is a set of numbers or of strings.
AttributeValue Parser::parseSet(const std::string& under) {
  const std::string refusal = "Unsupported data type in Bag. DynamoDB only supports either numbers or strings in bags";
  const Nested nested(*this);
  ++literal_depth_;
  std::vector<AttributeValue> elements;
  AttributeValue::NumberSet number_set;
  AttributeValue::StringSet string_set;
  while (!at(">>")) {
    const Token token = peek();
    const bool is_literal = !at("[") && !at("{") && !at("<<") && token.kind != Token::Kind::kParameter;
    if (elements.empty() && !is_literal) throw validationError(refusal + " at " + position(token));
    elements.push_back(parseValue(&under));
    const AttributeValue& element = elements.back();
    const bool numbers = elements.front().is<Decimal>();
    if (numbers && !element.is<Decimal>()) throw validationError(refusal);
    if (!numbers && !element.is<std::string>()) throw validationError(refusal + " at " + position(token));
    if (numbers) {
      number_set.insert(element.number());
    } else {
      string_set.insert(element.string());
    }
    if (!takeIf(",")) break;
  }
  expect(">>");
  --literal_depth_;
  if (elements.empty()) throw validationError("Empty bags are not supported");
  const bool numbers = elements.front().is<Decimal>();
  if (number_set.size() + string_set.size() < elements.size()) {
    throw validationError("One or more parameter values were invalid: Input collection [" + joined(elements) +
                          "] contains duplicates" + (numbers ? "! under " + under : "."));
  }
  return numbers ? AttributeValue(std::move(number_set)) : AttributeValue(std::move(string_set));
}

}  // namespace ddblog::partiql
