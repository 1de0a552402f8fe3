// The system attributes of a received message, which receivers and functions see.
//
// Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
// Thread safety: a pure function.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "services/sqs/queues/messages.h"

namespace ddblog::sqs {

inline constexpr std::array<std::string_view, 9> kSystemAttributes = {"ApproximateFirstReceiveTimestamp",
                                                                      "ApproximateReceiveCount",
                                                                      "AWSTraceHeader",
                                                                      "DeadLetterQueueSourceArn",
                                                                      "MessageDeduplicationId",
                                                                      "MessageGroupId",
                                                                      "SenderId",
                                                                      "SentTimestamp",
                                                                      "SequenceNumber"};

// Empty: the message does not have it. Times are in milliseconds since 1970.
std::string systemAttribute(std::string_view name, bool is_fifo, const ReceivedMessage& received);

}  // namespace ddblog::sqs
