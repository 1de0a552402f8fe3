#include "services/sqs/queues/message.h"

#include <stdexcept>

#include "base/bytes.h"
#include "base/digests.h"
#include "base/stored_time.h"

namespace ddblog::sqs {

namespace {

constexpr std::uint8_t kMessageVersion = 1;
constexpr std::uint64_t kFirstSequenceNumber = 10'000'000'000'000'000'000u;

}  // namespace

std::string encodeMessage(const Message& message) {
  std::string out;
  out.reserve(message.body.size() + 256);
  appendNumber(out, kMessageVersion);
  appendText(out, message.id);
  appendText(out, message.sender_id);
  appendTime(out, message.sent_at);
  appendTime(out, message.enqueued_at);
  appendNumber(out, message.receives_elsewhere);
  appendText(out, message.group_id);
  appendText(out, message.deduplication_id);
  appendText(out, message.trace_header);
  appendText(out, message.source_arn);
  appendNumber<std::uint32_t>(out, static_cast<std::uint32_t>(message.attributes.size()));
  for (const MessageAttribute& attribute : message.attributes) {
    appendText(out, attribute.name);
    appendText(out, attribute.type);
    appendNumber<std::uint8_t>(out, attribute.is_binary ? 1 : 0);
    appendText(out, attribute.value);
  }
  appendText(out, message.body);
  return out;
}

Message decodeMessage(std::string_view stored) {
  if (takeNumber<std::uint8_t>(stored) != kMessageVersion) {
    throw std::runtime_error("a message of an unknown version is stored");
  }
  Message message;
  message.id = takeText(stored);
  message.sender_id = takeText(stored);
  message.sent_at = takeTime<Timestamp>(stored);
  message.enqueued_at = takeTime<RunningTime>(stored);
  message.receives_elsewhere = takeNumber<std::uint32_t>(stored);
  message.group_id = takeText(stored);
  message.deduplication_id = takeText(stored);
  message.trace_header = takeText(stored);
  message.source_arn = takeText(stored);
  for (auto count = takeNumber<std::uint32_t>(stored); count > 0; --count) {
    MessageAttribute attribute;
    attribute.name = takeText(stored);
    attribute.type = takeText(stored);
    attribute.is_binary = takeNumber<std::uint8_t>(stored) == 1;
    attribute.value = takeText(stored);
    message.attributes.push_back(std::move(attribute));
  }
  message.body = takeText(stored);
  return message;
}

std::string encodeState(const MessageState& state) {
  std::string out;
  appendNumber(out, static_cast<std::uint8_t>(state.kind));
  appendTime(out, state.due);
  appendNumber(out, state.receives);
  appendTime(out, state.first_received_at);
  appendTime(out, state.received_at);
  appendNumber(out, state.receipt);
  appendText(out, state.group_id);
  return out;
}

MessageState decodeState(std::string_view stored) {
  MessageState state;
  state.kind = static_cast<MessageState::Kind>(takeNumber<std::uint8_t>(stored));
  state.due = takeTime<RunningTime>(stored);
  state.receives = takeNumber<std::uint32_t>(stored);
  state.first_received_at = takeTime<Timestamp>(stored);
  state.received_at = takeTime<RunningTime>(stored);
  state.receipt = takeNumber<std::uint64_t>(stored);
  state.group_id = takeText(stored);
  return state;
}

std::string md5Hex(std::string_view text) {
  Md5 md5;
  md5.add(text);
  const Md5::Digest digest = md5.finish();
  return toHex(bytesOf(digest));
}

std::string md5OfAttributes(const std::vector<MessageAttribute>& attributes) {
  if (attributes.empty()) return {};
  std::string text;
  for (const MessageAttribute& attribute : attributes) {
    appendText(text, attribute.name);
    appendText(text, attribute.type);
    text += attribute.is_binary ? '\2' : '\1';
    appendText(text, attribute.value);
  }
  return md5Hex(text);
}

std::size_t sizeOf(const Message& message) {
  std::size_t size = message.body.size();
  for (const MessageAttribute& attribute : message.attributes) {
    size += attribute.name.size() + attribute.type.size() + attribute.value.size();
  }
  return size;
}

std::string sequenceNumber(std::uint64_t message_number) {
  return std::to_string(kFirstSequenceNumber + message_number);
}

}  // namespace ddblog::sqs
