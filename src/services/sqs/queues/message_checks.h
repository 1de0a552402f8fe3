// Checks whether a message can be sent to a queue.
//
// Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
// Thread safety: pure functions. They throw ApiError.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/sqs/queues/message.h"
#include "services/sqs/queues/queue.h"

namespace ddblog::sqs {

// Checks that need no queue: the body and the attributes.
void checkMessage(const Message& message);

// A group's, a deduplication's or a receive attempt's id. An empty one is none.
void checkFifoId(const std::string& id, std::string_view parameter);

// Checks against the queue: size, group, deduplication, delay.
void checkForQueue(const Queue& queue, const Message& message, std::optional<std::chrono::seconds> delay);

}  // namespace ddblog::sqs
