// The grammar of updates:
//
//   update    section { section }                       each kind once
//   section   SET assign { "," assign } | REMOVE path { "," path }
//             | (ADD | DELETE) path :value { "," path :value }
//   assign    path "=" sum
//   sum       "(" sum ")" | operand [ ("+" | "-") operand ]
//   operand   "(" operand ")" | function "(" operand { "," operand } ")" | :value | path
#include <algorithm>
#include <array>

#include "expression/parser.h"
#include "expression/update.h"

namespace ddblog {

namespace {

constexpr std::array<std::pair<std::string_view, UpdateAction::Kind>, 4> kSections = {{
    {"SET", UpdateAction::Kind::kSet},
    {"REMOVE", UpdateAction::Kind::kRemove},
    {"ADD", UpdateAction::Kind::kAdd},
    {"DELETE", UpdateAction::Kind::kDelete},
}};

bool isUpdateKeyword(std::string_view name) {
  return std::any_of(kSections.begin(), kSections.end(), [&](const auto& section) {
    return std::equal(name.begin(), name.end(), section.first.begin(), section.first.end(),
                      [](char c, char upper) { return (c & ~0x20) == upper; });
  });
}

// The functions of conditions, which updates recognize but reject.
bool isConditionFunction(std::string_view name) {
  constexpr std::array<std::string_view, 6> kFunctions = {
      "attribute_exists", "attribute_not_exists", "attribute_type", "begins_with", "contains", "size"};
  return std::find(kFunctions.begin(), kFunctions.end(), name) != kFunctions.end();
}

// The types' names in the error messages of ADD and DELETE.
std::string_view longTypeName(AttributeValue::Type type) {
  switch (type) {
    case AttributeValue::Type::kString:
      return "STRING";
    case AttributeValue::Type::kNumber:
      return "NUMBER";
    case AttributeValue::Type::kBinary:
      return "Binary";
    case AttributeValue::Type::kMap:
      return "MAP";
    case AttributeValue::Type::kList:
      return "LIST";
    case AttributeValue::Type::kBool:
      return "BOOL";
    case AttributeValue::Type::kNull:
      return "NULL";
    default:
      return typeName(type);
  }
}

bool isSet(const AttributeValue& value) {
  return value.is<AttributeValue::StringSet>() || value.is<AttributeValue::NumberSet>() ||
         value.is<AttributeValue::BinarySet>();
}

class UpdateParser {
 public:
  UpdateParser(std::string_view text, Substitutions& substitutions)
      : in_(text, ExpressionKind::kUpdate, substitutions) {}

  Update parse() {
    do {
      section();
    } while (!in_.atEnd());
    in_.refuseProblems({Problem::kReserved, Problem::kUnknownFunction, Problem::kMisusedFunction, Problem::kSection,
                        Problem::kName, Problem::kValue});
    notePaths();
    in_.refuseProblems({Problem::kOverlap, Problem::kConflict, Problem::kOperand, Problem::kFunction});
    return std::move(update_);
  }

 private:
  // A value being parsed; its parentheses may be redundant.
  struct Value {
    SetValue set;
    bool in_parentheses = false;
  };

  void section() {
    for (std::size_t i = 0; i < kSections.size(); ++i) {
      if (!in_.takeKeyword(kSections[i].first)) continue;
      do {
        action(kSections[i].second);
      } while (in_.takeIf(","));
      if (seen_[i]) {
        in_.note(Problem::kSection, "The \"" + std::string(kSections[i].first) +
                                        "\" section can only be used once in an update expression;");
      }
      seen_[i] = true;
      return;
    }
    in_.refuseToken();
  }

  void action(UpdateAction::Kind kind) {
    in_.countOperator();
    UpdateAction action;
    action.kind = kind;
    action.path = in_.path(isUpdateKeyword);
    if (kind == UpdateAction::Kind::kSet) {
      in_.expect("=");
      action.set = sum().set;
    } else if (kind != UpdateAction::Kind::kRemove) {
      action.value = in_.value(Problem::kValue);
      if (action.value) checkOperand(kind, *action.value);
    }
    update_.actions.push_back(std::move(action));
  }

  void checkOperand(UpdateAction::Kind kind, const AttributeValue& value) {
    const bool add = kind == UpdateAction::Kind::kAdd;
    if (isSet(value) || (add && value.is<Decimal>())) return;
    in_.note(Problem::kOperand, std::string("Incorrect operand type for operator or function; operator: ") +
                                    (add ? "ADD" : "DELETE") +
                                    ", operand type: " + std::string(longTypeName(value.type())) +
                                    ", typeSet: ALLOWED_FOR_ADD_OPERAND");  // of DELETE too
  }

  // Parentheses can contain a sum where a sum is allowed, and otherwise an operand.
  Value sum() {
    Value left = in_.at("(") ? parentheses([this] { return sum(); }) : plainOperand();
    for (const auto& [symbol, kind] : {std::pair{"+", SetValue::Kind::kPlus}, {"-", SetValue::Kind::kMinus}}) {
      if (!in_.at(symbol)) continue;
      if (left.set.kind == SetValue::Kind::kPlus || left.set.kind == SetValue::Kind::kMinus) in_.refuseToken();
      in_.take();
      in_.countOperator();
      Value right = operand();
      noteMisused({&left.set, &right.set});
      checkTypes(symbol, {&left.set, &right.set}, AttributeValue::Type::kNumber);
      Value result;
      result.set.kind = kind;
      result.set.operands.push_back(std::move(left.set));
      result.set.operands.push_back(std::move(right.set));
      return result;
    }
    return left;
  }

  Value operand() {
    return in_.at("(") ? parentheses([this] { return operand(); }) : plainOperand();
  }

  template <class Inner>
  Value parentheses(Inner read) {
    const ExpressionParser::Nested nested(in_);
    in_.expect("(");
    Value inner = read();
    in_.expect(")");
    if (inner.in_parentheses) in_.refuse("The expression has redundant parentheses;");
    inner.in_parentheses = true;
    return inner;
  }

  Value plainOperand() {
    Value value;
    if (in_.peek().kind == Token::Kind::kValueKey) {
      value.set.value = in_.value(Problem::kValue);
    } else if (in_.peek().kind == Token::Kind::kName && !isUpdateKeyword(in_.peek().text) &&
               in_.peek(1).kind == Token::Kind::kSymbol && in_.peek(1).text == "(") {
      value.set = function();
    } else {
      value.set = SetValue::at(in_.path(isUpdateKeyword));
    }
    return value;
  }

  SetValue function() {
    const ExpressionParser::Nested nested(in_);
    in_.countOperator();
    const std::string name(in_.take().text);
    in_.expect("(");
    std::vector<SetValue> operands;
    do {
      operands.push_back(operand().set);
    } while (in_.takeIf(","));
    in_.expect(")");

    SetValue value;
    const bool append = name == "list_append";
    if (!append && name != "if_not_exists") {
      in_.note(Problem::kUnknownFunction, isConditionFunction(name)
                                              ? "The function is not allowed in an update expression; function: " + name
                                              : "Invalid function name; function: " + name);
      return value;
    }
    for (const SetValue& operand : operands) noteMisused({&operand});
    if (operands.size() != 2) {
      in_.note(Problem::kFunction, "Incorrect number of operands for operator or function; operator or function: " +
                                       name + ", number of operands: " + std::to_string(operands.size()));
      return value;
    }
    if (append) {
      checkTypes(name, {&operands[0], &operands[1]}, AttributeValue::Type::kList);
      return SetValue::listAppend(std::move(operands[0]), std::move(operands[1]));
    }
    if (operands[0].kind != SetValue::Kind::kPath) {
      in_.note(Problem::kFunction, "Operator or function requires a document path; operator or function: " + name);
      return value;
    }
    return SetValue::ifNotExists(std::move(operands[0].path), std::move(operands[1]));
  }

  // The result of list_append can only be assigned.
  void noteMisused(std::initializer_list<const SetValue*> operands) {
    for (const SetValue* operand : operands) {
      if (operand->kind != SetValue::Kind::kListAppend) continue;
      in_.note(Problem::kMisusedFunction,
               "The function is not allowed to be used this way in an expression; function: list_append");
    }
  }

  // Literals must have the type that the operator or function accepts.
  void checkTypes(std::string_view name, std::initializer_list<const SetValue*> operands, AttributeValue::Type type) {
    for (const SetValue* operand : operands) {
      if (operand->kind != SetValue::Kind::kValue || !operand->value || operand->value->type() == type) continue;
      in_.note(Problem::kFunction,
               "Incorrect operand type for operator or function; operator or function: " + std::string(name) +
                   ", operand type: " + std::string(typeName(operand->value->type())));
    }
  }

  void notePaths() {
    const std::vector<UpdateAction>& actions = update_.actions;
    for (std::size_t i = 1; i < actions.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) in_.noteRelation(actions[j].path, actions[i].path);
    }
  }

  ExpressionParser in_;
  Update update_;
  std::array<bool, kSections.size()> seen_{};
};

}  // namespace

Update parseUpdate(std::string_view text, Substitutions& substitutions) {
  return UpdateParser(text, substitutions).parse();
}

}  // namespace ddblog
