#include "services/sqs/operations/received_message.h"

#include <algorithm>
#include <array>

#include "base/base64.h"
#include "services/sqs/queues/errors.h"

namespace ddblog::sqs {

namespace {

using std::string_view;

constexpr std::array kSystemAttributes = {string_view("ApproximateFirstReceiveTimestamp"),
                                          string_view("ApproximateReceiveCount"),
                                          string_view("AWSTraceHeader"),
                                          string_view("DeadLetterQueueSourceArn"),
                                          string_view("MessageDeduplicationId"),
                                          string_view("MessageGroupId"),
                                          string_view("SenderId"),
                                          string_view("SentTimestamp"),
                                          string_view("SequenceNumber")};

std::string milliseconds1970(Timestamp time) { return std::to_string(time.time_since_epoch().count()); }

// Empty: the message does not have it.
std::string systemAttribute(string_view name, bool is_fifo, const ReceivedMessage& received) {
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

bool isWanted(const std::vector<std::string>& wanted, const std::string& name) {
  return std::any_of(wanted.begin(), wanted.end(), [&](const std::string& one) {
    if (one == "All" || one == ".*" || one == name) return true;
    return one.ends_with(".*") && name.starts_with(string_view(one).substr(0, one.size() - 2));
  });
}

void writeSystemAttributes(JsonWriter& json, bool is_fifo, const ReceivedMessage& received,
                           const WantedAttributes& wanted) {
  const bool all = std::find(wanted.system.begin(), wanted.system.end(), "All") != wanted.system.end();
  bool has_begun = false;
  for (const string_view name : kSystemAttributes) {
    if (!all && std::find(wanted.system.begin(), wanted.system.end(), name) == wanted.system.end()) continue;
    const std::string value = systemAttribute(name, is_fifo, received);
    if (value.empty()) continue;
    if (!has_begun) json.key("Attributes").beginObject();
    has_begun = true;
    json.key(name).value(value);
  }
  if (has_begun) json.endObject();
}

}  // namespace

WantedAttributes readWanted(rpc::ObjectReader& fields) {
  WantedAttributes wanted;
  for (const char* member : {"AttributeNames", "MessageSystemAttributeNames"}) {
    for (std::string& name : fields.strings(member).value_or(std::vector<std::string>())) {
      const bool is_known = name == "All" || std::find(kSystemAttributes.begin(), kSystemAttributes.end(), name) !=
                                                 kSystemAttributes.end();
      if (!is_known) throw invalidAttributeName("Unknown Attribute " + name + ".");
      wanted.system.push_back(std::move(name));
    }
  }
  wanted.message = fields.strings("MessageAttributeNames").value_or(std::vector<std::string>());
  return wanted;
}

void writeReceived(JsonWriter& json, bool is_fifo, const ReceivedMessage& received, const WantedAttributes& wanted) {
  const Message& message = received.message;
  json.beginObject();
  json.key("MessageId").value(message.id);
  json.key("ReceiptHandle").value(received.receipt_handle);
  json.key("MD5OfBody").value(md5Hex(message.body));
  json.key("Body").value(message.body);
  writeSystemAttributes(json, is_fifo, received, wanted);
  std::vector<MessageAttribute> attributes;
  for (const MessageAttribute& attribute : message.attributes) {
    if (isWanted(wanted.message, attribute.name)) attributes.push_back(attribute);
  }
  if (!attributes.empty()) {
    json.key("MD5OfMessageAttributes").value(md5OfAttributes(attributes));
    json.key("MessageAttributes").beginObject();
    for (const MessageAttribute& attribute : attributes) {
      json.key(attribute.name).beginObject();
      if (attribute.is_binary) {
        json.key("BinaryValue").value(toBase64(attribute.value));
      } else {
        json.key("StringValue").value(attribute.value);
      }
      json.key("DataType").value(attribute.type).endObject();
    }
    json.endObject();
  }
  json.endObject();
}

}  // namespace ddblog::sqs
