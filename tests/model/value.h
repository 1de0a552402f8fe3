// Attribute values and items of the model, with their JSON.
#pragma once

#include <boost/json.hpp>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/number.h"

namespace ddblog::model {

namespace json = boost::json;

enum class Type { kString, kNumber, kBinary, kBool, kNull, kList, kMap, kStringSet, kNumberSet, kBinarySet };
std::string_view nameOf(Type type);  // "S", "N" …

struct Value {
  Type type = Type::kNull;
  std::string text;                      // kString, and the bytes of kBinary
  Number number;                         // kNumber
  bool truth = false;                    // kBool
  std::vector<Value> elements;           // kList; the sets, in order and each once
  std::map<std::string, Value> members;  // kMap

  static Value ofString(std::string text);
  static Value ofNumber(Number number);
  static Value ofBinary(std::string bytes);
  static Value ofBool(bool truth);
  static Value ofList(std::vector<Value> elements);
  static Value ofMap(std::map<std::string, Value> members);
  // Of strings, numbers or binaries, all of one type; at least one.
  static Value ofSet(std::vector<Value> elements);

  bool isScalar() const { return type == Type::kString || type == Type::kNumber || type == Type::kBinary; }
  bool isSet() const { return type == Type::kStringSet || type == Type::kNumberSet || type == Type::kBinarySet; }
};

bool operator==(const Value& one, const Value& other);
// The order of two strings, numbers or binaries.
std::strong_ordering compareScalars(const Value& one, const Value& other);

using Item = std::map<std::string, Value>;

// Whether an element is in a set.
bool isIn(const Value& set, const Value& element);

// A place in an item: an attribute, then names of members and numbers of elements.
struct Step {
  std::string member;  // empty: an element
  int element = 0;
  bool operator==(const Step&) const = default;
};
struct Path {
  std::string attribute;
  std::vector<Step> steps;
};
const Value* find(const Item& item, const Path& path);

// --- JSON ---

void appendText(std::string& out, std::string_view text);                      // a JSON string with its quotes
void appendJson(std::string& out, const Value& value, unsigned spelling = 0);  // `spelling`: of numbers
void appendJson(std::string& out, const Item& item, unsigned spelling = 0);
std::string toJson(const Item& item, unsigned spelling = 0);
// Throw std::invalid_argument on what is not DynamoDB's JSON.
Value readValue(const json::value& wire);
Item readItem(const json::value& wire);

}  // namespace ddblog::model
