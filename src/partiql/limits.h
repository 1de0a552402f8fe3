// The limits of PartiQL statements.
//
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ExecuteStatement.html
// ("ours": not a limit of AWS, but one that we chose).
#pragma once

#include <cstddef>

namespace ddblog::limits {

inline constexpr std::size_t kStatementLength = 8192;
inline constexpr int kStatementDepth = 128;  // ours: parentheses, NOT and literals inside one another

}  // namespace ddblog::limits
