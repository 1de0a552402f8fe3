// The limits of functions' code.
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html ("ours": not a
// limit of AWS, but one that we chose).
#pragma once

#include <cstddef>

namespace ddblog::limits {

inline constexpr std::size_t kZippedBytes = 52'428'800;
inline constexpr std::size_t kUnzippedBytes = 262'144'000;
inline constexpr std::size_t kZipEntries = 100'000;  // ours: files in one archive
inline constexpr std::size_t kZipName = 4096;        // ours: bytes of a file's name, as Linux has it

}  // namespace ddblog::limits
