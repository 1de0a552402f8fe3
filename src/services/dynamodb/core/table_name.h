// The ARNs of tables, which a request can give wherever it gives a table's name. (item/name_rule.h
// has the rule for names.)
//
// Thread safety: pure functions.
#pragma once

#include <cstddef>
#include <string_view>

#include "item/name_rule.h"

namespace ddblog::dynamodb {

struct Context;

inline constexpr std::size_t kLongestTableArn = 1024;  // TableArn in the API model

// The name in a table's ARN ("arn:aws:dynamodb:us-east-1:000000000000:table/NAME"); returns
// anything else unchanged.
std::string_view tableNameOf(std::string_view name_or_arn);

// The parts of an ARN: "arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE".
struct Arn {
  std::string_view partition;
  std::string_view service;
  std::string_view region;
  std::string_view account_id;
  std::string_view resource;  // everything after the fifth colon; empty: not an ARN
};
Arn parseArn(std::string_view text);

// Rejects a TableName that is an ARN but not of a table of this account and region:
// ValidationException, or AccessDeniedException for another account. The messages are AWS's, as
// users reported them in October 2026.
void checkTableArn(std::string_view arn, const Context& context);

}  // namespace ddblog::dynamodb
