// Names that are part of the format: of the log's tables, its bus and its events.
#pragma once

#include <string_view>

namespace ddblog::names {

inline constexpr std::string_view kBus = "dynamodb-log";
inline constexpr std::string_view kSource = "dynamodb-log";
inline constexpr std::string_view kDetailType = "stream changes";
inline constexpr std::string_view kLogTableEnd = "-dynamodb-logs";  // after the stage
inline constexpr std::string_view kReadModelTableEnd = "-core";
inline constexpr std::string_view kDeletedType = "$deleted";  // the type of the event that closes a stream

}  // namespace ddblog::names
