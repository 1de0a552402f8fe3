// The grammar of conditions:
//
//   or         and { OR and }
//   and        not { AND not }
//   not        NOT not | predicate
//   predicate  term [ comparator term | BETWEEN term AND term | IN "(" term { "," term } ")" ]
//   term       "(" or ")" | function "(" term { "," term } ")" | :value | path
//
// Parentheses can contain a condition or an operand; which one is known only after parsing. So a
// term returns either, and one in the wrong place is rejected at its end.
#include <array>

#include "base/api_error.h"
#include "base/base64.h"
#include "expression/condition.h"
#include "expression/limits.h"
#include "expression/parser.h"
#include "expression/scalar_order.h"

namespace ddblog {

namespace {

bool isConditionKeyword(std::string_view name) {
  static constexpr std::array<std::string_view, 5> kKeywords = {"AND", "OR", "NOT", "IN", "BETWEEN"};
  for (const std::string_view keyword : kKeywords) {
    if (name.size() != keyword.size()) continue;
    bool equal = true;
    for (std::size_t i = 0; i < name.size(); ++i) equal = equal && (name[i] & ~0x20) == keyword[i];
    if (equal) return true;
  }
  return false;
}

struct Function {
  std::string_view name;
  std::size_t operands;
  Condition::Kind kind;  // of all but size
};

constexpr std::array<Function, 6> kFunctions = {{
    {"attribute_exists", 1, Condition::Kind::kAttributeExists},
    {"attribute_not_exists", 1, Condition::Kind::kAttributeNotExists},
    {"attribute_type", 2, Condition::Kind::kAttributeType},
    {"begins_with", 2, Condition::Kind::kBeginsWith},
    {"contains", 2, Condition::Kind::kContains},
    {"size", 1, Condition::Kind::kAnd},
}};

const Function* findFunction(std::string_view name) {
  for (const Function& function : kFunctions) {
    if (function.name == name) return &function;
  }
  return nullptr;
}

// A parsed term.
struct Term {
  enum class Is { kCondition, kPath, kValue, kFunction };
  Is is = Is::kPath;
  bool in_parentheses = false;
  Condition condition;        // of kCondition, and of a kFunction that is one
  Operand operand;            // of kPath and kValue, and of kFunction size
  std::string_view function;  // its name
};

const AttributeValue* literalOf(const Term& term) {
  return term.is == Term::Is::kValue ? std::get<std::shared_ptr<const AttributeValue>>(term.operand.what).get()
                                     : nullptr;
}

const DocumentPath* pathOf(const Term& term) {
  return term.is == Term::Is::kPath ? &std::get<DocumentPath>(term.operand.what) : nullptr;
}

// A term's type if it is known without an item: that of a value, and N for size. "" if it is not.
std::string_view knownType(const Term& term) {
  if (const AttributeValue* literal = literalOf(term)) return typeName(literal->type());
  return term.is == Term::Is::kFunction && term.function == "size" ? "N" : "";
}

std::string showLiteral(const AttributeValue& value) {
  std::string shown = "AttributeValue: {" + std::string(typeName(value.type())) + ":";
  if (const std::string* text = value.getIf<std::string>()) shown += *text;
  if (const Decimal* number = value.getIf<Decimal>()) shown += number->toString();
  if (const auto* binary = value.getIf<AttributeValue::Binary>()) shown += toBase64(binary->bytes);
  return shown + "}";
}

class ConditionParser {
 public:
  ConditionParser(std::string_view text, ExpressionKind kind, Substitutions& substitutions)
      : in_(text, kind, substitutions) {}

  Condition parse() {
    Condition condition = asCondition(either());
    if (!in_.atEnd()) in_.refuseToken();
    in_.refuseProblems({Problem::kParentheses, Problem::kUnknownFunction, Problem::kMisusedFunction, Problem::kReserved,
                        Problem::kCondition});
    return condition;
  }

 private:
  // A term that must be a condition. A bare operand lacks its comparator, which is a syntax error
  // at the next token.
  Condition asCondition(Term term) {
    if (term.is == Term::Is::kPath || term.is == Term::Is::kValue) in_.refuseToken();
    if (term.is == Term::Is::kFunction && term.function == "size") noteMisused(term.function);
    return std::move(term.condition);
  }

  static Term conditionTerm(Condition condition) {
    Term term;
    term.is = Term::Is::kCondition;
    term.condition = std::move(condition);
    return term;
  }

  Term either() {
    return joined(
        "OR", [this] { return both(); }, [](auto children) { return Condition::any(std::move(children)); });
  }
  Term both() {
    return joined(
        "AND", [this] { return negation(); }, [](auto children) { return Condition::all(std::move(children)); });
  }

  template <class Part, class Join>
  Term joined(std::string_view keyword, Part part, Join join) {
    Term first = part();
    if (!in_.atKeyword(keyword)) return first;
    std::vector<Condition> children;
    children.push_back(asCondition(std::move(first)));
    while (in_.takeKeyword(keyword)) {
      in_.countOperator();
      children.push_back(asCondition(part()));
    }
    return conditionTerm(join(std::move(children)));
  }

  Term negation() {
    int negations = 0;
    for (; in_.takeKeyword("NOT"); ++negations) in_.countOperator();
    Term term = predicate();
    for (; negations > 0; --negations) term = conditionTerm(Condition::negate(asCondition(std::move(term))));
    return term;
  }

  Term predicate() {
    Term left = term();
    if (left.is == Term::Is::kCondition) return left;
    if (in_.peek().kind == Token::Kind::kSymbol) {
      if (const auto comparator = comparatorAt(in_.peek().text)) return comparison(std::move(left), *comparator);
    } else if (in_.atKeyword("BETWEEN")) {
      return between(std::move(left));
    } else if (in_.atKeyword("IN")) {
      return in(std::move(left));
    }
    if (left.is == Term::Is::kFunction) closeCondition();
    return left;
  }

  Term comparison(Term left, Comparator comparator) {
    const std::string_view name = in_.take().text;
    in_.countOperator();
    Term right = operandTerm();
    noteMisused({&left, &right});
    noteSame(name, left, {&right});
    if (comparator != Comparator::kEqual && comparator != Comparator::kNotEqual) {
      noteUnordered(name, left);
      noteUnordered(name, right);
    }
    closeCondition();
    return conditionTerm(Condition::compare(std::move(left.operand), comparator, std::move(right.operand)));
  }

  Term between(Term operand) {
    in_.take();
    in_.countOperator();
    Term low = operandTerm();
    if (!in_.takeKeyword("AND")) in_.refuseToken();
    Term high = operandTerm();
    noteMisused({&operand, &low, &high});
    noteSame("BETWEEN", operand, {&low, &high});
    noteUnordered("BETWEEN", operand);
    noteUnordered("BETWEEN", low);
    noteUnordered("BETWEEN", high);
    noteBounds(low, high);
    closeCondition();
    return conditionTerm(
        Condition::between(std::move(operand.operand), std::move(low.operand), std::move(high.operand)));
  }

  Term in(Term operand) {
    in_.take();
    in_.countOperator();
    in_.expect("(");
    std::vector<Term> choices = arguments();
    noteMisused({&operand});
    std::vector<Operand> operands;
    for (Term& choice : choices) {
      noteMisused({&choice});
      noteSame("IN", operand, {&choice});
      operands.push_back(std::move(choice.operand));
    }
    if (choices.size() > static_cast<std::size_t>(limits::kInOperands)) {
      in_.note(Problem::kOperand, "The IN operator is provided with too many operands; number of operands: " +
                                      std::to_string(choices.size()));
    }
    closeCondition();
    return conditionTerm(Condition::in(std::move(operand.operand), std::move(operands)));
  }

  static std::optional<Comparator> comparatorAt(std::string_view symbol) {
    if (symbol == "=") return Comparator::kEqual;
    if (symbol == "<>") return Comparator::kNotEqual;
    if (symbol == "<") return Comparator::kLess;
    if (symbol == "<=") return Comparator::kLessOrEqual;
    if (symbol == ">=") return Comparator::kGreaterOrEqual;
    if (symbol == ">") return Comparator::kGreater;
    return std::nullopt;
  }

  Term term() {
    if (in_.at("(")) return parentheses([this] { return either(); });
    return plainTerm();
  }

  // A term that must be an operand.
  Term operandTerm() {
    if (in_.at("(")) return parentheses([this] { return operandTerm(); });
    return plainTerm();
  }

  Term plainTerm() {
    Term term;
    if (in_.peek().kind == Token::Kind::kValueKey) {
      term.is = Term::Is::kValue;
      term.operand.what = in_.value(Problem::kName);
      return term;
    }
    if (in_.peek().kind == Token::Kind::kName && !isConditionKeyword(in_.peek().text) &&
        in_.peek(1).kind == Token::Kind::kSymbol && in_.peek(1).text == "(") {
      return function();
    }
    term.operand.what = in_.path(isConditionKeyword);
    return term;
  }

  template <class Inner>
  Term parentheses(Inner read) {
    const ExpressionParser::Nested nested(in_);
    in_.expect("(");
    Term inner = read();
    in_.expect(")");
    if (inner.in_parentheses) in_.note(Problem::kParentheses, "The expression has redundant parentheses;");
    inner.in_parentheses = true;
    if (inner.is == Term::Is::kPath && (in_.at(".") || in_.at("["))) {
      in_.steps(std::get<DocumentPath>(inner.operand.what), isConditionKeyword);
      inner.in_parentheses = false;
    }
    return inner;
  }

  // The operands of a function or of IN, after the opening parenthesis.
  std::vector<Term> arguments() {
    const ExpressionParser::Nested nested(in_);
    std::vector<Term> terms;
    do {
      terms.push_back(operandTerm());
    } while (in_.takeIf(","));
    in_.expect(")");
    return terms;
  }

  Term function() {
    Term term;
    term.is = Term::Is::kFunction;
    term.function = in_.take().text;
    in_.countOperator();
    in_.expect("(");
    std::vector<Term> operands = arguments();
    for (const Term& operand : operands) noteMisused({&operand});
    const Function* function = findFunction(term.function);
    if (!function) {
      const bool of_updates = term.function == "list_append" || term.function == "if_not_exists";
      in_.note(Problem::kUnknownFunction,
               (of_updates ? "The function is not allowed in a condition expression; function: "
                           : "Invalid function name; function: ") +
                   std::string(term.function));
      return term;
    }
    checkFunction(*function, operands);
    if (term.function == "size") {
      const DocumentPath* path = pathOf(operands[0]);
      term.operand = path ? Operand::size(*path) : sizeOfLiteral(operands[0]);
      return term;
    }
    term.condition.kind = function->kind;
    for (Term& operand : operands) term.condition.operands.push_back(std::move(operand.operand));
    return term;
  }

  // size(:value) is a constant.
  static Operand sizeOfLiteral(const Term& term) {
    const AttributeValue* literal = literalOf(term);
    const auto size = literal ? sizeOf(*literal) : std::nullopt;
    return Operand::value(AttributeValue(Decimal(size.value_or(0))));
  }

  void checkFunction(const Function& function, const std::vector<Term>& operands) {
    if (operands.size() != function.operands) {
      in_.note(Problem::kOperand, "Incorrect number of operands for operator or function; operator or function: " +
                                      std::string(function.name) +
                                      ", number of operands: " + std::to_string(operands.size()));
      return;
    }
    if (operands.size() == 2) noteSame(function.name, operands[0], {&operands[1]});
    if (function.operands == 1 && function.name != "size") {
      if (operands[0].is == Term::Is::kPath) return;
      in_.note(Problem::kFunction,
               "Operator or function requires a document path; operator or function: " + std::string(function.name));
    } else if (function.name == "begins_with") {
      for (const Term& operand : operands) {
        const std::string_view type = knownType(operand);
        if (!type.empty() && type != "S" && type != "B") noteType(function.name, type);
      }
    } else if (function.name == "attribute_type") {
      checkTypeName(operands[1]);
    } else if (function.name == "size") {
      const std::string_view type = knownType(operands[0]);
      if (type == "N" || type == "BOOL" || type == "NULL") noteType(function.name, type);
    }
  }

  void checkTypeName(const Term& operand) {
    const std::string_view type = knownType(operand);
    if (type != "S") {
      noteType("attribute_type", type.empty() ? "{NS,SS,L,BS,N,M,B,BOOL,NULL,S}" : type);
      return;
    }
    const std::string& name = literalOf(operand)->string();
    if (isTypeName(name)) return;
    in_.note(Problem::kFunction,
             "Invalid attribute type name found; type: " + name + ", valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}");
  }

  static bool isTypeName(std::string_view name) {
    for (int type = 0; type <= static_cast<int>(AttributeValue::Type::kNull); ++type) {
      if (typeName(static_cast<AttributeValue::Type>(type)) == name) return true;
    }
    return false;
  }

  void noteType(std::string_view function, std::string_view type) {
    in_.note(Problem::kFunction, "Incorrect operand type for operator or function; operator or function: " +
                                     std::string(function) + ", operand type: " + std::string(type));
  }

  // <, <=, >, >= and BETWEEN compare only strings, numbers and binaries.
  void noteUnordered(std::string_view comparator, const Term& term) {
    const AttributeValue* literal = literalOf(term);
    if (literal && !isScalar(*literal)) noteType(comparator, typeName(literal->type()));
  }

  void noteSame(std::string_view name, const Term& first, std::initializer_list<const Term*> rest) {
    const DocumentPath* path = pathOf(first);
    for (const Term* other : rest) {
      const DocumentPath* other_path = pathOf(*other);
      if (!path || !other_path || !(*path == *other_path)) continue;
      in_.note(Problem::kDistinct,
               "The first operand must be distinct from the remaining operands for this operator or function; "
               "operator: " +
                   std::string(name) + ", first operand: " + showPath(*path));
    }
  }

  void noteBounds(const Term& low_term, const Term& high_term) {
    const AttributeValue* low = literalOf(low_term);
    const AttributeValue* high = literalOf(high_term);
    if (!low || !high) return;
    if (auto broken = brokenBounds(*low, *high)) in_.note(Problem::kFunction, std::move(*broken));
  }

  void noteMisused(std::initializer_list<const Term*> operands) {
    for (const Term* operand : operands) {
      if (operand->is == Term::Is::kFunction && operand->function != "size") noteMisused(operand->function);
    }
  }
  void noteMisused(std::string_view function) {
    in_.note(Problem::kMisusedFunction,
             "The function is not allowed to be used this way in an expression; function: " + std::string(function));
  }

  // Called at the end of each comparison and function. Only the problems of the first one that has
  // any are reported.
  void closeCondition() {
    for (const Problem problem : {Problem::kName, Problem::kOperand, Problem::kDistinct, Problem::kFunction}) {
      if (in_.noted(problem)) in_.note(Problem::kCondition, in_.noteOf(problem));
    }
  }

  ExpressionParser in_;
};

}  // namespace

std::optional<std::string> brokenBounds(const AttributeValue& low, const AttributeValue& high) {
  if (!isScalar(low) || !isScalar(high)) return std::nullopt;
  const bool same_type = low.type() == high.type();
  if (same_type && !(compareScalars(low, high) > 0)) return std::nullopt;
  return std::string("The BETWEEN operator requires ") +
         (same_type ? "upper bound to be greater than or equal to lower bound"
                    : "same data type for lower and upper bounds") +
         "; lower bound operand: " + showLiteral(low) + ", upper bound operand: " + showLiteral(high);
}

Condition parseCondition(std::string_view text, ExpressionKind kind, Substitutions& substitutions) {
  return ConditionParser(text, kind, substitutions).parse();
}

}  // namespace ddblog
