// Sends a message (Messages::send), and tells who shows traces (rpc/traces.h) what it was sent for.
//
// Thread safety: on the writer thread.
#pragma once

#include <chrono>
#include <optional>

#include "services/sqs/queues/context.h"
#include "services/sqs/queues/message.h"
#include "services/sqs/queues/queue.h"
#include "store/store.h"

namespace ddblog::sqs {

SentMessage sendTraced(Transaction& transaction, Context& context, const Queue& queue, Message message,
                       std::optional<std::chrono::seconds> delay = {});

}  // namespace ddblog::sqs
