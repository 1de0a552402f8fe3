// Limits that several rooms share, among them those that a service and its clients both keep. Every
// other limit has its home in the room that keeps it (ROOM/limits.h). Nothing in this project
// grows, loops, nests or waits without one.
//
// "ours": no limit of AWS, but one that we chose.
#pragma once

#include <cstddef>

namespace ddblog::limits {

inline constexpr int kJsonDepth = 256;  // ours; 32 levels of an item are about 70 levels of JSON
inline constexpr std::size_t kBatchWriteRequests = 25;
inline constexpr std::size_t kTransactActions = 100;
inline constexpr std::size_t kPutEventsEntries = 10;
inline constexpr std::size_t kPutEventsBytes = 1u << 20;

}  // namespace ddblog::limits
