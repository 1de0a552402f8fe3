// Where the offline cloud keeps its data when nothing else is said.
#pragma once

namespace ddblog::cli {

inline constexpr const char* kDefaultDataDirectory = ".dynamodb-log";

}  // namespace ddblog::cli
