// Deduplication of a FIFO queue's messages: what is sent again with the same id within five minutes
// is not sent. The id holds for the queue, or for the message group (DeduplicationScope).
//
//   kDeduplication  <queue number> [<group>] <id>  ->  expires at (8) | message number (8) | message id
//
// Thread safety: on the writer thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "services/sqs/queues/message.h"
#include "services/sqs/queues/messages.h"
#include "services/sqs/queues/queue.h"
#include "store/store.h"

namespace ddblog::sqs {

// The deduplication id of a body: its SHA-256.
std::string contentId(std::string_view body);

// The message that was sent with the same id; std::nullopt: there is none.
std::optional<SentMessage> findDuplicate(const Reader& reader, const Queue& queue, const Message& message,
                                         RunningTime now);
void noteSent(Transaction& transaction, const Queue& queue, const Message& message, const SentMessage& sent,
              RunningTime now);

}  // namespace ddblog::sqs
