// A received message as ReceiveMessage answers it: which of its attributes the receiver wants.
//
// Thread safety: values and pure functions. They throw ApiError.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json_writer.h"
#include "rpc/request_reader.h"
#include "services/sqs/queues/messages.h"
#include "services/sqs/queues/queue.h"

namespace ddblog::sqs {

struct WantedAttributes {
  std::vector<std::string> system;   // AttributeNames and MessageSystemAttributeNames: names, "All"
  std::vector<std::string> message;  // MessageAttributeNames: names, "All", ".*", "prefix.*"
};

WantedAttributes readWanted(rpc::ObjectReader& fields);

void writeReceived(JsonWriter& json, bool is_fifo, const ReceivedMessage& received, const WantedAttributes& wanted);

}  // namespace ddblog::sqs
