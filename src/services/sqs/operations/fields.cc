#include "services/sqs/operations/fields.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/base64.h"
#include "services/sqs/queues/errors.h"
#include "services/sqs/queues/limits.h"
#include "services/sqs/queues/message_checks.h"

namespace ddblog::sqs {

namespace {

bool isBatchId(const std::string& id) {
  return !id.empty() && id.size() <= limits::kBatchId && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || c == '-';
  });
}

// In the order of the names, as their MD5 needs them.
std::vector<MessageAttribute> readAttributes(rpc::ObjectReader& fields, std::string_view name) {
  std::vector<MessageAttribute> attributes;
  auto map = fields.objectMap(name);
  if (!map) return attributes;
  for (auto& [attribute_name, value] : *map) {
    if (value.has("StringListValues") || value.has("BinaryListValues")) {
      throw unsupportedOperation("Message attribute list values in SendMessage operation are not supported.");
    }
    MessageAttribute attribute;
    attribute.name = attribute_name;
    attribute.type = value.string("DataType").value_or("");
    const auto binary = value.string("BinaryValue");
    attribute.is_binary = binary.has_value();
    if (binary) {
      const auto bytes = fromBase64(*binary);
      if (!bytes) throw serializationError("Invalid Base64");
      attribute.value = *bytes;
    } else {
      attribute.value = value.string("StringValue").value_or("");
    }
    attributes.push_back(std::move(attribute));
  }
  std::sort(attributes.begin(), attributes.end(),
            [](const MessageAttribute& a, const MessageAttribute& b) { return a.name < b.name; });
  return attributes;
}

}  // namespace

std::string requiredText(rpc::ObjectReader& fields, std::string_view name) {
  auto text = fields.string(name);
  if (!text || text->empty()) throw missingParameter(name);
  return *std::move(text);
}

std::string readQueueName(rpc::ObjectReader& fields) { return Catalog::nameInUrl(requiredText(fields, "QueueUrl")); }

Texts readTexts(rpc::ObjectReader& fields, std::string_view name) {
  Texts texts;
  if (auto map = fields.stringMap(name)) {
    for (auto& [key, value] : *map) texts.insert_or_assign(key, std::move(value));
  }
  return texts;
}

Texts readTags(rpc::ObjectReader& fields, std::string_view name) {
  Texts tags = readTexts(fields, name);
  for (const auto& [key, value] : tags) {
    if (key.empty() || key.size() > limits::kTagKey) {
      throw invalidParameter("Tag keys must be between 1 and 128 characters in length.");
    }
    if (value.size() > limits::kTagValue) {
      throw invalidParameter("Tag values must be between 0 and 256 characters in length.");
    }
  }
  return tags;
}

std::optional<std::chrono::seconds> readSeconds(rpc::ObjectReader& fields, std::string_view name, std::int64_t most) {
  const auto number = fields.integer(name);
  if (!number) return std::nullopt;
  if (*number < 0 || *number > most) {
    const std::string range = ">= 0 and <= " + std::to_string(most);
    throw invalidParameter(
        std::to_string(*number), name,
        name == "DelaySeconds" ? "DelaySeconds must be " + range + "." : "Must be " + range + ", if provided.");
  }
  return std::chrono::seconds(*number);
}

PageStart readPage(rpc::ObjectReader& fields) {
  PageStart page;
  const auto most = fields.integer("MaxResults");
  page.is_limited = most.has_value();
  if (most && (*most < 1 || *most > static_cast<std::int64_t>(limits::kListedQueues))) {
    throw invalidParameter(std::to_string(*most), "MaxResults", "MaxResults must be an integer between 1 and 1000.");
  }
  page.most = most ? static_cast<std::size_t>(*most) : limits::kListedQueues;
  if (const auto token = fields.string("NextToken"); token && !token->empty()) {
    const auto name = fromBase64(*token);
    if (!name || name->empty()) throw invalidParameter(*token, "NextToken", "Invalid or expired next token.");
    page.after = *name;
  }
  return page;
}

std::string pageToken(const std::string& last_name) { return toBase64(last_name); }

MessageToSend readMessage(rpc::ObjectReader& fields, const std::string& sender_id) {
  MessageToSend read;
  read.message.sender_id = sender_id;
  read.message.body = fields.string("MessageBody").value_or("");
  read.message.attributes = readAttributes(fields, "MessageAttributes");
  read.message.deduplication_id = fields.string("MessageDeduplicationId").value_or("");
  read.message.group_id = fields.string("MessageGroupId").value_or("");
  read.delay = readSeconds(fields, "DelaySeconds", limits::kDelaySeconds);
  read.system_attributes = readAttributes(fields, "MessageSystemAttributes");
  for (const MessageAttribute& attribute : read.system_attributes) {
    if (attribute.name != "AWSTraceHeader" || attribute.type != "String" || attribute.value.empty() ||
        attribute.value.size() > limits::kTraceHeader) {
      throw invalidParameter(
          "Message system attribute name '" + attribute.name +
          "' is invalid. The only system attribute is 'AWSTraceHeader', a non-empty value of type 'String'.");
    }
    read.message.trace_header = attribute.value;
  }
  return read;
}

void writeSent(JsonWriter& json, const Queue& queue, const MessageToSend& sent, const SentMessage& as) {
  json.key("MessageId").value(as.id);
  json.key("MD5OfMessageBody").value(md5Hex(sent.message.body));
  if (const std::string md5 = md5OfAttributes(sent.message.attributes); !md5.empty()) {
    json.key("MD5OfMessageAttributes").value(md5);
  }
  if (const std::string md5 = md5OfAttributes(sent.system_attributes); !md5.empty()) {
    json.key("MD5OfMessageSystemAttributes").value(md5);
  }
  if (queue.isFifo()) json.key("SequenceNumber").value(sequenceNumber(as.number));
}

std::vector<rpc::ObjectReader> readEntries(rpc::ObjectReader& fields, std::string_view entry_type) {
  auto entries = fields.objects("Entries");
  if (!entries || entries->empty()) {
    throw ApiError("EmptyBatchRequest", "There should be at least one " + std::string(entry_type) + " in the request.");
  }
  if (entries->size() > limits::kBatch) {
    throw ApiError("TooManyEntriesInBatchRequest", "Maximum number of entries per request are " +
                                                       std::to_string(limits::kBatch) + ". You have sent " +
                                                       std::to_string(entries->size()) + ".");
  }
  std::set<std::string> ids;
  for (rpc::ObjectReader& entry : *entries) {
    const std::string id = entry.string("Id").value_or("");
    if (!isBatchId(id)) {
      throw ApiError("InvalidBatchEntryId",
                     "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at "
                     "most 80 letters long.");
    }
    if (!ids.insert(id).second) throw ApiError("BatchEntryIdsNotDistinct", "Id " + id + " repeated.");
  }
  return *std::move(entries);
}

void BatchAnswer::add(const std::string& id, const std::function<void(JsonWriter&)>& execute) {
  std::string element;
  JsonWriter json(element);
  json.beginObject().key("Id").value(id);
  std::string* list = &successful_;
  try {
    execute(json);
  } catch (const ApiError& error) {
    const rpc::QueryError described = queryError(error);
    list = &failed_;
    element.clear();
    JsonWriter(element)
        .beginObject()
        .key("Id")
        .value(id)
        .key("SenderFault")
        .value(error.status() < 500)
        .key("Code")
        .value(described.code)
        .key("Message")
        .value(error.message());
  }
  if (!list->empty()) *list += ',';
  list->append(element).append("}");
}

std::string BatchAnswer::text() const {
  std::string text = "{";
  if (!successful_.empty()) text += "\"Successful\":[" + successful_ + "]";
  if (!successful_.empty() && !failed_.empty()) text += ',';
  if (!failed_.empty()) text += "\"Failed\":[" + failed_ + "]";
  return text + "}";
}

void checkRedriveTarget(const Context& context, const Reader& reader, const Queue& queue) {
  const auto policy = redrivePolicy(queue);
  if (!policy) return;
  const std::string& value = *queue.attribute("RedrivePolicy");
  const std::string_view name = context.catalog.nameInArn(policy->target_arn);
  const auto target = name == queue.name ? std::optional(queue) : context.catalog.find(reader, name);
  if (!target) throw invalidParameter(value, "RedrivePolicy", "Dead letter target does not exist.");
  if (target->isFifo() != queue.isFifo()) {
    throw invalidParameter(value, "RedrivePolicy", "Dead-letter queue must be same type of queue as the source.");
  }
  if (!allowsRedrive(*target, queue.arn)) {
    throw invalidParameter(value, "RedrivePolicy",
                           "The dead-letter queue's redrive allow policy does not permit this source queue.");
  }
}

}  // namespace ddblog::sqs
