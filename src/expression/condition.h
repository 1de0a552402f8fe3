// Conditions: ConditionExpression and FilterExpression, and after translation the legacy parameters
// (Expected, QueryFilter, ScanFilter) and PartiQL's WHERE.
//
// A condition is a tree of values. parseCondition makes one from text; other code builds one with
// the functions of Condition:
//
//   Condition::both(
//       Condition::compare(Operand::attribute("version"), Comparator::kEqual, Operand::value(…)),
//       Condition::attributeExists({.attribute = "pk"}))
//
// Thread safety: value types; evaluate is stateless.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "expression/path.h"
#include "expression/substitutions.h"
#include "item/attribute_value.h"

namespace ddblog {

enum class Comparator { kEqual, kNotEqual, kLess, kLessOrEqual, kGreaterOrEqual, kGreater };

// What a condition compares: the value at a path, a literal value, or the size of the value at a
// path.
struct Operand {
  struct Size {
    DocumentPath path;
  };
  std::variant<DocumentPath, std::shared_ptr<const AttributeValue>, Size> what;

  static Operand path(DocumentPath path) { return {std::move(path)}; }
  static Operand attribute(std::string name) { return {DocumentPath{std::move(name), {}}}; }
  static Operand value(AttributeValue value) { return {std::make_shared<const AttributeValue>(std::move(value))}; }
  static Operand size(DocumentPath path) { return {Size{std::move(path)}}; }
};

struct Condition {
  enum class Kind {
    kAnd,                 // all children (none: true)
    kOr,                  // at least one child
    kNot,                 // children[0]
    kSame,                // both children or neither (PartiQL compares conditions)
    kCompare,             // operands[0] <comparator> operands[1]
    kBetween,             // operands[1] <= operands[0] <= operands[2]
    kIn,                  // operands[0] equals one of the rest
    kAttributeExists,     // operands[0], a path
    kAttributeNotExists,  // operands[0], a path
    kAttributeType,       // operands[0] has the type that operands[1] names ("S", "SS" …)
    kBeginsWith,          // operands[0] begins with operands[1]
    kContains,            // operands[0] (string, set or list) contains operands[1]
  };

  Kind kind = Kind::kAnd;
  Comparator comparator = Comparator::kEqual;  // of kCompare
  std::vector<Condition> children;
  std::vector<Operand> operands;

  static Condition all(std::vector<Condition> children);
  static Condition any(std::vector<Condition> children);
  static Condition both(Condition one, Condition other);
  static Condition negate(Condition condition);
  static Condition same(Condition one, Condition other);
  static Condition compare(Operand left, Comparator comparator, Operand right);
  static Condition between(Operand operand, Operand low, Operand high);
  static Condition in(Operand operand, std::vector<Operand> choices);
  static Condition attributeExists(DocumentPath path);
  static Condition attributeNotExists(DocumentPath path);
  static Condition attributeType(DocumentPath path, std::string_view type_name);
  static Condition beginsWith(Operand operand, Operand prefix);
  static Condition contains(Operand operand, Operand part);
};

// DynamoDB's error message if two values are invalid as bounds of BETWEEN; otherwise std::nullopt.
std::optional<std::string> brokenBounds(const AttributeValue& low, const AttributeValue& high);

// Throws ApiError ValidationException ("Invalid FilterExpression: …").
Condition parseCondition(std::string_view text, ExpressionKind kind, Substitutions& substitutions);

// Whether the condition holds for `item` (an empty one if there is none). With a missing attribute
// every comparison is false, except <>, which is true.
bool evaluate(const Condition& condition, const Item& item);

// All attributes (first steps of paths) that the condition uses. A filter may not use key
// attributes.
std::vector<std::string> attributesOf(const Condition& condition);

}  // namespace ddblog
