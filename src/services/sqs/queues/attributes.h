// A queue's attributes: their names, defaults and checks.
//
// Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
// Thread safety: pure functions.
#pragma once

#include <string>
#include <string_view>

#include "services/sqs/queues/queue.h"

namespace ddblog::sqs {

// nullptr: the attribute has no default.
const std::string* defaultAttribute(std::string_view name, bool is_fifo);

// Whether GetQueueAttributes knows the name.
bool isAttributeName(std::string_view name);

// Checks attributes that a request sets, each by itself. Throws ApiError. `creates`: CreateQueue,
// which may set FifoQueue.
void checkAttributes(const Texts& attributes, bool is_fifo, bool creates);

// Puts checked attributes into the queue's. An empty text or a default that AWS does not keep removes one.
void setAttributes(Queue& queue, const Texts& attributes);

// The first attribute whose value differs from the queue's; empty: none.
std::string differingAttribute(const Queue& queue, const Texts& attributes);

}  // namespace ddblog::sqs
