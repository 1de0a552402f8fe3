// The limits of PartiQL statements, beside those of base/limits.h.
// Sources: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ExecuteStatement.html,
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-operators.html
#pragma once

#include <cstddef>
#include <cstdint>

namespace ddblog::limits {

inline constexpr std::size_t kStatementLength = 8192;
inline constexpr std::size_t kBatchStatements = 25;
inline constexpr std::size_t kNextTokenLength = 32'768;
inline constexpr std::size_t kDecomposedReads = 50;  // key ranges that one WHERE clause comes to
inline constexpr std::int64_t kDecomposedPage = 10;  // items of a page that reads several of them

}  // namespace ddblog::limits
