#include "services/sqs/queues/system_attributes.h"

namespace ddblog::sqs {

namespace {

std::string milliseconds1970(Timestamp time) { return std::to_string(time.time_since_epoch().count()); }

}  // namespace

std::string systemAttribute(std::string_view name, bool is_fifo, const ReceivedMessage& received) {
  const Message& message = received.message;
  if (name == "ApproximateFirstReceiveTimestamp") return milliseconds1970(received.first_received_at);
  if (name == "ApproximateReceiveCount") return std::to_string(received.receive_count);
  if (name == "AWSTraceHeader") return message.trace_header;
  if (name == "DeadLetterQueueSourceArn") return message.source_arn;
  if (name == "MessageDeduplicationId") return message.deduplication_id;
  if (name == "MessageGroupId") return message.group_id;
  if (name == "SenderId") return message.sender_id;
  if (name == "SentTimestamp") return milliseconds1970(message.sent_at);
  return is_fifo ? sequenceNumber(received.number) : std::string();
}

}  // namespace ddblog::sqs
