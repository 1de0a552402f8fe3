// Looks for an event in a queue that holds what failed, and leaves the messages there.
//
// SQS has no reading without receiving: each message that is looked at is hidden from others for ten seconds, and
// counts as received once more. So queues that move messages on after some receives (a redrive policy) are not looked
// into, and neither are FIFO queues, whose groups would wait.
// Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
//
// Errors: those of aws::Client. Thread safety: none.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "aws/client.h"
#include "base/json.h"

namespace ddblog::cli {

struct EventKey {
  std::string stream;  // "users#42#stream"
  std::uint64_t version = 0;
};

struct Peeked {
  json::array messages = {};  // nodes of a trace (trace_tree.h): those that hold the event
  std::size_t looked_at = 0;
  std::string left_out = {};  // why nothing, or not everything, was looked at; empty: all was
};

Peeked peek(aws::Session& session, const std::string& queue_arn, const EventKey& event);

// Whether a message holds the event: itself (a dead-letter queue of a rule or function), or in the record of a failed
// invocation ("requestPayload").
bool holdsEvent(const std::string& body, const EventKey& event);

}  // namespace ddblog::cli
