// A filter that a person writes, with values and any attribute names in their places:
//
//   type = 'signup' and not (payload.age < 18 or contains(payload.name, 'Ada'))
//
// It is DynamoDB's filter expression, except that values stand in it:
//
//   'text', "text"     strings; a quote inside is doubled
//   12, -1.5e3         numbers; every digit is kept
//   true, false, null
//   name, a.b[0]       attributes, reserved words too; `a-b` in backticks: names with other characters
//   ==, !=             the same as = and <>
//
// DynamoDB checks the rest: functions, operators and their types.
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
//
// Errors: std::invalid_argument, one line that says where. Thread safety: a stateless function.
#pragma once

#include <string_view>

#include "base/json.h"

namespace ddblog::cli {

// Adds FilterExpression to a request of Query or Scan, and to its ExpressionAttributeNames and
// ExpressionAttributeValues names and values that begin with #f and :f.
void addFilter(json::object& request, std::string_view text);

}  // namespace ddblog::cli
