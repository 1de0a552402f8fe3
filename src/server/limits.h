// The server's limits ("ours": not a limit of AWS, but one that we chose).
#pragma once

#include <chrono>
#include <cstddef>

namespace ddblog::limits {

inline constexpr std::size_t kRequestBody = 16u << 20;      // DynamoDB: 16 MB per request (BatchWriteItem)
inline constexpr std::size_t kRequestHeaders = 16u << 10;   // DynamoDB: 16 KB, with the request line
inline constexpr std::size_t kRuntimeHeaders = 64u << 10;   // ours: of the Runtime API, where errors are sent in them
inline constexpr std::size_t kConnections = 4096;           // ours
inline constexpr std::size_t kBodiesMemory = 128u << 20;    // ours: all bodies that arrive or are being handled
inline constexpr std::size_t kAnswersMemory = 256u << 20;   // ours: all answers that clients have yet to read
inline constexpr std::size_t kSmallBody = 64u << 10;        // ours: does not count among the bodies
inline constexpr std::size_t kLargeRequest = 256u << 10;    // ours: larger ones are handled one at a time
inline constexpr std::chrono::seconds kStallTimeout{2};     // ours: a transfer that stands still while others wait
inline constexpr std::chrono::seconds kWaitTimeout{60};     // ours: a request that waits for memory; SDKs wait as long
inline constexpr std::chrono::seconds kRequestTimeout{30};  // ours: a whole request, header and body
inline constexpr std::chrono::seconds kIdleTimeout{120};    // ours: a kept-alive connection between requests
inline constexpr std::chrono::seconds kStopTimeout{10};     // ours: in-flight requests when the server stops
inline constexpr std::size_t kCompressedAnswer = 4096;      // DynamoDB: smaller answers are not compressed

}  // namespace ddblog::limits
