// Limits that several folders share, among them those that both a service and its clients keep.
// Every other limit is in the folder that enforces it (FOLDER/limits.h). Everything in this project
// that grows, loops, nests or waits has a limit.
//
// "ours": not a limit of AWS, but one that we chose.
#pragma once

#include <cstddef>

namespace ddblog::limits {

inline constexpr int kJsonDepth = 256;  // ours; 32 levels of an item are about 70 levels of JSON
inline constexpr std::size_t kBatchWriteRequests = 25;
inline constexpr std::size_t kTransactActions = 100;
inline constexpr std::size_t kPutEventsEntries = 10;
inline constexpr std::size_t kPutEventsBytes = 1u << 20;

}  // namespace ddblog::limits
