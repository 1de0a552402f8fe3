// An attribute's value (DynamoDB's ten types) and an item.
//
// Value types; copies are deep. Sets are kept sorted and without duplicates (the wire format has no
// order).
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/decimal.h"

namespace ddblog {

class AttributeValue;

// Attributes by name, in the byte order of their names. std::less<> allows look-ups by string_view.
using AttributeMap = std::map<std::string, AttributeValue, std::less<>>;
using Item = AttributeMap;

class AttributeValue {
 public:
  struct Null {
    bool operator==(const Null&) const = default;
  };
  // A type of its own, so that binary is not mistaken for a string.
  struct Binary {
    std::string bytes;
    auto operator<=>(const Binary&) const = default;
  };
  using StringSet = std::set<std::string>;
  using NumberSet = std::set<Decimal>;
  using BinarySet = std::set<Binary>;
  using List = std::vector<AttributeValue>;
  using Map = AttributeMap;

  // In the order of the variant below. On the wire: S N B SS NS BS M L BOOL NULL.
  enum class Type { kString, kNumber, kBinary, kStringSet, kNumberSet, kBinarySet, kMap, kList, kBool, kNull };

  AttributeValue() : value_(Null{}) {}
  explicit AttributeValue(std::string text) : value_(std::move(text)) {}
  explicit AttributeValue(std::string_view text) : value_(std::string(text)) {}
  explicit AttributeValue(const char* text) : value_(std::string(text)) {}
  explicit AttributeValue(Decimal number) : value_(number) {}
  explicit AttributeValue(Binary bytes) : value_(std::move(bytes)) {}
  explicit AttributeValue(StringSet set) : value_(std::move(set)) {}
  explicit AttributeValue(NumberSet set) : value_(std::move(set)) {}
  explicit AttributeValue(BinarySet set) : value_(std::move(set)) {}
  explicit AttributeValue(Map map) : value_(std::move(map)) {}
  explicit AttributeValue(List list) : value_(std::move(list)) {}
  explicit AttributeValue(bool truth) : value_(truth) {}

  Type type() const { return static_cast<Type>(value_.index()); }
  template <class T>
  bool is() const {
    return std::holds_alternative<T>(value_);
  }
  // Throws std::bad_variant_access if the value has another type: check it first.
  template <class T>
  const T& as() const {
    return std::get<T>(value_);
  }
  template <class T>
  T& as() {
    return std::get<T>(value_);
  }
  template <class T>
  const T* getIf() const {
    return std::get_if<T>(&value_);
  }
  template <class T>
  T* getIf() {
    return std::get_if<T>(&value_);
  }

  // Calls `visitor` with the value as its own type and returns the result.
  template <class Visitor>
  decltype(auto) visit(Visitor&& visitor) const {
    return std::visit(std::forward<Visitor>(visitor), value_);
  }

  const std::string& string() const { return as<std::string>(); }
  const Decimal& number() const { return as<Decimal>(); }

  // Equality as in DynamoDB: numbers by value, sets without order, lists and maps deeply. Values of
  // different types are never equal.
  bool operator==(const AttributeValue&) const = default;

 private:
  std::variant<std::string, Decimal, Binary, StringSet, NumberSet, BinarySet, Map, List, bool, Null> value_;
};

// The type's name on the wire: "S", "N", …
std::string_view typeName(AttributeValue::Type type);

}  // namespace ddblog
