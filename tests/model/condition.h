// Conditions of the model: evaluated here in the plainest way, and written as expressions or as legacy parameters.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/placeholders.h"
#include "model/value.h"

namespace ddblog::model {

enum class Comparator { kEqual, kNotEqual, kLess, kLessOrEqual, kGreater, kGreaterOrEqual };

struct Condition {
  enum class Kind {
    kAnd,
    kOr,
    kNot,
    kCompare,       // path <comparator> values[0]
    kComparePaths,  // path <comparator> other
    kBetween,       // path BETWEEN values[0] AND values[1]
    kIn,            // path IN (values)
    kExists,
    kNotExists,
    kType,        // attribute_type(path, values[0])
    kBeginsWith,  // begins_with(path, values[0])
    kContains,    // contains(path, values[0])
    kSize,        // size(path) <comparator> values[0]
  };
  Kind kind = Kind::kExists;
  Comparator comparator = Comparator::kEqual;
  Path path;
  Path other;
  std::vector<Value> values;
  std::vector<Condition> children;  // of kAnd and kOr, at least two; of kNot one
};

bool compares(const Value& one, Comparator comparator, const Value& other);
bool holds(const Condition& condition, const Item& item);
std::string write(const Condition& condition, Placeholders& placeholders);

// Members of a legacy parameter (`"attribute":{"ComparisonOperator":…}`) that say the same, and how they are joined.
struct LegacyCondition {
  std::string members;
  std::string joined_by;  // "AND", "OR"; empty: there is one
};
// nullopt: it has no such form.
std::optional<LegacyCondition> writeLegacy(const Condition& condition);

}  // namespace ddblog::model
