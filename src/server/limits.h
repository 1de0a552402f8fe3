// The server's limits ("ours": not a limit of AWS, but one that we chose).
#pragma once

#include <chrono>
#include <cstddef>

namespace ddblog::limits {

inline constexpr std::size_t kRequestBody = 16u << 20;      // DynamoDB: 16 MB per request (BatchWriteItem)
inline constexpr std::size_t kRequestHeaders = 64u << 10;   // ours; AWS's SDKs send less than 8 KB
inline constexpr std::size_t kConnections = 4096;           // ours
inline constexpr std::chrono::seconds kRequestTimeout{30};  // ours: a whole request, header and body
inline constexpr std::chrono::seconds kIdleTimeout{120};    // ours: a kept-alive connection between requests
inline constexpr std::chrono::seconds kStopTimeout{10};     // ours: in-flight requests when the server stops
inline constexpr std::size_t kGzipAnswer = 1u << 10;        // ours: smaller responses are not worth compressing

}  // namespace ddblog::limits
