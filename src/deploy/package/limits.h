// The limits of code that is uploaded.
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html ("ours": not a
// limit of AWS, but one that we chose).
#pragma once

#include <cstddef>
#include <cstdint>

namespace ddblog::deploy::limits {

inline constexpr std::uint64_t kUnzippedBytes = 262'144'000;  // of a function with its layers
inline constexpr std::size_t kZipEntries = 100'000;           // ours: files in one archive
inline constexpr std::size_t kDirectories = 20'000;           // ours: on the way to them
inline constexpr std::size_t kZipName = 4096;                 // ours: bytes of a file's path, as Linux has it

}  // namespace ddblog::deploy::limits
