// The rule for names of tables and indexes: 3 to 255 characters of a-z, A-Z, 0-9, '_', '.' and '-'.
// Source:
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
//
// Thread safety: pure functions.
#pragma once

#include <cstddef>
#include <string_view>

namespace ddblog {

inline constexpr std::size_t kShortestName = 3;
inline constexpr std::size_t kLongestName = 255;
inline constexpr std::string_view kNamePattern = "[a-zA-Z0-9_.-]+";

bool hasNameLetters(std::string_view name);  // whether all characters are allowed in a name
bool hasNameLength(std::string_view name);
bool isName(std::string_view name);

// Whether this is an ARN, in a field that takes a name or an ARN.
bool isArn(std::string_view name_or_arn);

}  // namespace ddblog
