// Fields that several operations have, and their checks.
//
// Thread safety: pure functions. They throw ApiError.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/api_error.h"
#include "base/json_writer.h"
#include "rpc/request_reader.h"
#include "services/sqs/queues/context.h"
#include "services/sqs/queues/message.h"
#include "services/sqs/queues/queue.h"

namespace ddblog::sqs {

// A text that must be there. Its absence is MissingParameter.
std::string requiredText(rpc::ObjectReader& fields, std::string_view name);
// QueueUrl: the queue's name.
std::string readQueueName(rpc::ObjectReader& fields);
// A map of texts; absent: empty.
Texts readTexts(rpc::ObjectReader& fields, std::string_view name);

// The same for tags, which it checks.
Texts readTags(rpc::ObjectReader& fields, std::string_view name);

// A number of seconds. "Must be >= 0 and <= 20, if provided."
std::optional<std::chrono::seconds> readSeconds(rpc::ObjectReader& fields, std::string_view name, std::int64_t most);

// Where a page begins: the name after which it does.
struct PageStart {
  std::string after;
  std::size_t most = 0;
  bool is_limited = false;  // by the request: only then does the answer have NextToken
};
PageStart readPage(rpc::ObjectReader& fields);
std::string pageToken(const std::string& last_name);

// A message of SendMessage, or of an entry of a batch. readMessage throws if it is invalid.
struct MessageToSend {
  Message message;
  std::optional<std::chrono::seconds> delay;
  std::vector<MessageAttribute> system_attributes;
};
MessageToSend readMessage(rpc::ObjectReader& fields, const std::string& sender_id);
// The members of an answer for a sent message.
void writeSent(JsonWriter& json, const Queue& queue, const MessageToSend& sent, const SentMessage& as);

// The entries of a batch. Throws the errors of the batch as a whole. `entry_type`:
// "SendMessageBatchRequestEntry".
std::vector<rpc::ObjectReader> readEntries(rpc::ObjectReader& fields, std::string_view entry_type);

// The answer of a batch: the result or the error of each entry.
class BatchAnswer {
 public:
  // Runs `execute`, which writes the members of a successful entry besides its Id.
  void add(const std::string& id, const std::function<void(JsonWriter&)>& execute);
  std::string text() const;

 private:
  std::string successful_;  // the elements of the lists, with commas in between
  std::string failed_;
};

// Throws ApiError if the queue's redrive policy names a queue that cannot be its dead-letter queue.
void checkRedriveTarget(const Context& context, const Reader& reader, const Queue& queue);

}  // namespace ddblog::sqs
