// A receipt handle: which receive of which message. To clients it is an opaque text.
//
//   base64 of: FNV-1a of the queue's ARN (8) | queue number (8) | message number (8) | receipt (8) |
//              FNV-1a of the bytes before (8)
//
// The last part tells a handle from any other text; it is no protection against an attacker.
//
// Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ddblog::sqs {

struct ReceiptHandle {
  std::uint64_t queue_number = 0;
  std::uint64_t message_number = 0;
  std::uint64_t receipt = 0;
};

std::string encodeReceiptHandle(std::string_view queue_arn, const ReceiptHandle& handle);
// std::nullopt: the text is no receipt handle of this queue.
std::optional<ReceiptHandle> decodeReceiptHandle(std::string_view queue_arn, std::string_view text);

}  // namespace ddblog::sqs
