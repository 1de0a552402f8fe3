// ExpressionAttributeNames and ExpressionAttributeValues of a request: what #name and :value stand
// for, and which of them were used, for all expressions of the request together.
//
//   Substitutions substitutions(names, values, {.has_expression = true, .values_need = ""});  // refuses their contents
//   auto condition = parseCondition(text, ExpressionKind::kCondition, substitutions);
//   substitutions.refuseUnused();                                                             // after the last
//   expression
//
// Refusals (ValidationException, in DynamoDB's order and words): given without an expression,
// empty, a key that is no #name or :value, an invalid value, unused ones.
// Thread safety: none; it belongs to one request. What is parsed with it does not refer to it.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/json.h"
#include "item/attribute_value.h"
#include "item/wire_json.h"

namespace ddblog {

// Which parameter an expression was given in: refusals begin "Invalid <name>: ".
enum class ExpressionKind { kCondition, kFilter, kKeyCondition, kUpdate, kProjection };
std::string_view expressionName(ExpressionKind kind);  // "ConditionExpression", "FilterExpression", …

class Substitutions {
 public:
  struct Use {
    // Whether the request has any expression at all ("ExpressionAttributeNames can only be
    // specified when using expressions").
    bool has_expression = true;
    // What the refusal of values says is missing, if none of the request's expressions can take
    // values: "UpdateExpression is null" ("ExpressionAttributeValues can only be specified when
    // using expressions: UpdateExpression is null"). Empty: one is there.
    std::string_view values_need = {};
    MessageStyle style = MessageStyle::kLegacy;
    // Whether the refusal of a value with no type, or with several, names its key.
    bool names_malformed = false;
    // Whether a condition or filter that is too long is refused with its length.
    bool names_sizes = false;
  };

  Substitutions() = default;
  // nullptr: the request has none. Throws ApiError.
  Substitutions(const json::object* names, const json::object* values, const Use& use);

  // What a "#name" or ":value" (with its first character) stands for, and marks it as used;
  // nullptr: not defined.
  const std::string* name(std::string_view key);
  std::shared_ptr<const AttributeValue> value(std::string_view key);

  bool namesSizes() const { return names_sizes_; }

  // Throws if a name or value was never used.
  void refuseUnused() const;

 private:
  using Value = std::shared_ptr<const AttributeValue>;
  template <class T>
  struct Entry {
    T stands_for;
    std::size_t position;  // in the request: unused ones are named in this order
    bool used = false;
  };

  template <class Entries>
  static void refuseUnused(std::string_view parameter, const Entries& entries);

  bool names_sizes_ = false;
  std::map<std::string, Entry<std::string>, std::less<>> names_;
  std::map<std::string, Entry<Value>, std::less<>> values_;
};

}  // namespace ddblog
