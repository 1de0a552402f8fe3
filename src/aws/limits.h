// The limits of calls to services: attempts, times and sizes ("ours": not a limit of AWS, but one
// that we chose).
#pragma once

#include <chrono>
#include <cstddef>

namespace ddblog::limits {

inline constexpr int kClientAttempts = 5;  // ours; the SDKs: 3, older ones with DynamoDB: 10
inline constexpr std::chrono::milliseconds kClientConnectTimeout{3100};  // the SDKs' standard mode
inline constexpr std::chrono::milliseconds kClientTimeout{60'000};       // botocore's read_timeout
inline constexpr std::size_t kClientAnswerBytes = 64u << 20;  // ours; the largest response (BatchGetItem) is 16 MB
inline constexpr std::size_t kClientConnections = 64;         // ours: idle connections to keep
inline constexpr std::chrono::milliseconds kClientDelay{50};  // base of the delay before a retry
inline constexpr std::chrono::milliseconds kClientThrottleDelay{500};  // the same after throttling
inline constexpr std::chrono::milliseconds kClientDelayMost{20'000};
inline constexpr std::chrono::milliseconds kMetadataTimeout{1000};      // the AWS CLI's metadata_service_timeout
inline constexpr std::size_t kConfigFileBytes = 1u << 20;               // ours
inline constexpr std::size_t kClientSlowestBytesPerSecond = 64u << 10;  // ours: what a body adds to the timeout
inline constexpr std::size_t kClientHeaderBytes = 64u << 10;            // ours; AWS sends less than 2 KB
inline constexpr std::chrono::seconds kClientIdleTime{60};              // ours: how long to keep idle connections

}  // namespace ddblog::limits
