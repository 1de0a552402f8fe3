#include "services/sqs/operations/received_message.h"

#include <algorithm>

#include "base/base64.h"
#include "services/sqs/queues/errors.h"
#include "services/sqs/queues/system_attributes.h"

namespace ddblog::sqs {

namespace {

using std::string_view;

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
