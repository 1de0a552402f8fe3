// The limits of DynamoDB's expressions.
//
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Limits.html ("ours": not
// a limit of AWS, but one that we chose).
#pragma once

#include <cstddef>

namespace ddblog::limits {

inline constexpr std::size_t kExpressionBytes = 4096;
inline constexpr int kExpressionOperators = 300;
inline constexpr int kInOperands = 100;
inline constexpr std::size_t kListIndex = 100'000'000;  // ours: an element's number in a document path

}  // namespace ddblog::limits
