// ExpressionAttributeNames and ExpressionAttributeValues of a request: what #name and :value stand
// for, and which of them were used by any of the request's expressions.
//
//   Substitutions substitutions(names, values, {.has_expression = true, .values_need = ""});
//   auto condition = parseCondition(text, ExpressionKind::kCondition, substitutions);
//   substitutions.refuseUnused();  // after the last expression
//
// Errors (ApiError ValidationException, in DynamoDB's order and with its messages): given without
// an expression, empty, a key that is not a #name or :value, an invalid value, unused ones.
// Thread safety: none; it belongs to one request. Parsed expressions do not refer to it.
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

// The parameter that contains an expression; error messages begin with "Invalid <name>: ".
enum class ExpressionKind { kCondition, kFilter, kKeyCondition, kUpdate, kProjection };
std::string_view expressionName(ExpressionKind kind);  // "ConditionExpression", "FilterExpression", …

class Substitutions {
 public:
  struct Use {
    // Whether the request has any expression at all ("ExpressionAttributeNames can only be
    // specified when using expressions").
    bool has_expression = true;
    // The end of the error message for values without an expression that could use them:
    // "UpdateExpression is null" ("ExpressionAttributeValues can only be specified when using
    // expressions: UpdateExpression is null"). Empty if there is such an expression.
    std::string_view values_need = {};
    MessageStyle style = MessageStyle::kLegacy;
    // Whether the error for a value without a type, or with several, names its key.
    bool names_malformed = false;
    // The same, but only for a value with several types.
    bool names_several = false;
    // Whether the error for a condition or filter that is too long reports its length.
    bool names_sizes = false;
  };

  Substitutions() = default;
  // nullptr if the request has none. Throws ApiError; a value of the wrong JSON type takes
  // precedence.
  Substitutions(const json::object* names, const json::object* values, const Use& use);

  // What a "#name" or ":value" (including its first character) stands for; marks it as used.
  // nullptr if it is not defined.
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
    std::size_t position;  // in the request; error messages list unused ones in this order
    bool used = false;
  };

  void read(const json::object* names, const json::object* values, const Use& use);
  template <class Entries>
  static void refuseUnused(std::string_view parameter, const Entries& entries);

  bool names_sizes_ = false;
  std::map<std::string, Entry<std::string>, std::less<>> names_;
  std::map<std::string, Entry<Value>, std::less<>> values_;
};

}  // namespace ddblog
