// Where the offline cloud keeps its data by default.
#pragma once

namespace ddblog::cli {

inline constexpr const char* kDefaultDataDirectory = ".dynamodb-log";

}  // namespace ddblog::cli
