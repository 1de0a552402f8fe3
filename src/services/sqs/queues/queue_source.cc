#include "services/sqs/queues/queue_source.h"

#include <utility>

#include "base/api_error.h"
#include "base/base64.h"
#include "base/json_writer.h"
#include "services/sqs/queues/limits.h"
#include "services/sqs/queues/message_counts.h"
#include "services/sqs/queues/system_attributes.h"

namespace ddblog::sqs {

namespace {

void writeAttributes(JsonWriter& json, const std::vector<MessageAttribute>& attributes) {
  json.beginObject();
  for (const MessageAttribute& attribute : attributes) {
    json.key(attribute.name).beginObject();
    attribute.is_binary ? json.key("binaryValue").value(toBase64(attribute.value))
                        : json.key("stringValue").value(attribute.value);
    json.key("stringListValues").beginArray().endArray();
    json.key("binaryListValues").beginArray().endArray();
    json.key("dataType").value(attribute.type).endObject();
  }
  json.endObject();
}

std::string recordOf(const ReceivedMessage& received, bool is_fifo, const std::string& region) {
  const Message& message = received.message;
  std::string out;
  JsonWriter json(out);
  json.beginObject();
  json.key("messageId").value(message.id);
  json.key("receiptHandle").value(received.receipt_handle);
  json.key("body").value(message.body);
  json.key("attributes").beginObject();
  for (const std::string_view name : kSystemAttributes) {
    const std::string value = systemAttribute(name, is_fifo, received);
    if (!value.empty()) json.key(name).value(value);
  }
  json.endObject();
  json.key("messageAttributes");
  writeAttributes(json, message.attributes);
  if (!message.attributes.empty()) json.key("md5OfMessageAttributes").value(md5OfAttributes(message.attributes));
  json.key("md5OfBody").value(md5Hex(message.body));
  json.key("eventSource").value("aws:sqs");
  json.key("awsRegion").value(region);
  json.endObject();
  return out;
}

}  // namespace

QueueSource::QueueSource(Context& context, std::string arn)
    : context_(context), arn_(std::move(arn)), name_(context.catalog.nameInArn(arn_)) {}

std::optional<QueueSource::Properties> QueueSource::properties(const Reader& reader) const {
  const auto queue = context_.catalog.find(reader, name_);
  if (!queue) return std::nullopt;
  return Properties{queue->isFifo(), queue->seconds("VisibilityTimeout")};
}

std::uint64_t QueueSource::count(const Reader& reader) const {
  const auto queue = context_.catalog.find(reader, name_);
  return queue ? messageCounts(reader, queue->number).visible() : 0;
}

std::vector<QueueSource::Message> QueueSource::receive(Transaction& transaction, std::size_t most) {
  const auto queue = context_.catalog.find(transaction, name_);
  std::vector<Message> messages;
  if (!queue) return messages;
  for (ReceivedMessage& received : context_.messages.receive(transaction, *queue, {.most = most})) {
    rpc::EventSource::Record record{received.message.id, recordOf(received, queue->isFifo(), context_.region),
                                    received.message.group_id, received.message.sent_at, received.message.enqueued_at};
    messages.push_back({std::move(record), std::move(received.receipt_handle)});
  }
  return messages;
}

void QueueSource::remove(Transaction& transaction, const Message& message) {
  const auto queue = context_.catalog.find(transaction, name_);
  if (!queue) return;
  try {
    context_.messages.remove(transaction, *queue, message.receipt);
  } catch (const ApiError&) {
    // A FIFO queue's receipt has expired: another receive has the message now, or will have it.
  }
}

void QueueSource::giveBack(Transaction& transaction, const Message& message) {
  const auto queue = context_.catalog.find(transaction, name_);
  if (!queue) return;
  try {
    context_.messages.changeVisibility(transaction, *queue, message.receipt, std::chrono::seconds(0));
  } catch (const ApiError&) {
    // It is visible again by itself.
  }
}

bool QueueSource::keep(Transaction& transaction, const Message& message, Duration time) {
  const auto queue = context_.catalog.find(transaction, name_);
  if (!queue) return false;
  try {
    context_.messages.changeVisibility(transaction, *queue, message.receipt,
                                       std::chrono::ceil<std::chrono::seconds>(time));
    return true;
  } catch (const ApiError&) {
    return false;
  }
}

std::unique_ptr<rpc::QueueSource> QueueSources::openQueue(const std::string& arn) {
  if (context_.catalog.nameInArn(arn).empty()) return nullptr;
  return std::make_unique<QueueSource>(context_, arn);
}

}  // namespace ddblog::sqs
