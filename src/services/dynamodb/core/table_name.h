// The ARNs of tables, which requests may give wherever they give a table's name. (The rule for
// names is item/name_rule.h.)
//
// Thread safety: pure functions.
#pragma once

#include <cstddef>
#include <string_view>

#include "item/name_rule.h"

namespace ddblog::dynamodb {

struct Context;

inline constexpr std::size_t kLongestTableArn = 1024;  // the API model's TableArn

// The name in a table's ARN ("arn:aws:dynamodb:us-east-1:000000000000:table/NAME"); anything else as it is.
std::string_view tableNameOf(std::string_view name_or_arn);

// An ARN of whatever resource, taken apart: "arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE".
struct Arn {
  std::string_view partition;
  std::string_view service;
  std::string_view region;
  std::string_view account_id;
  std::string_view resource;  // with all that follows the fifth colon; empty: no ARN
};
Arn parseArn(std::string_view text);

// Refuses an ARN given as a TableName that is no table's of this account and region:
// ValidationException, or AccessDeniedException for another account's. The words are AWS's of
// October 2026 as far as users report them.
void checkTableArn(std::string_view arn, const Context& context);

}  // namespace ddblog::dynamodb
