// A message, and how it is stored.
//
//   kMessages  <queue number> <message number>  ->
//     version (1) | id | sender id | sent at (8) | enqueued at (8) | receives elsewhere (4) | group |
//     deduplication id | trace header | source ARN | attributes: count (4), each name, type, binary (1), value | body
//
//   kStates    <queue number> <message number>  ->
//     kind (1) | due (8) | receives (4) | first received at (8) | received at (8) | receipt (8) | group
//
// Texts have a 32-bit length in front. "enqueued at", "due" and "received at" are of running time. A
// message without a state can be received and never was. "due": when the message becomes visible, or
// when it became visible.
//
// Thread safety: values and pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace ddblog::sqs {

struct MessageAttribute {
  std::string name;
  std::string type;  // "String", "Number", "Binary", with a suffix or without: "Number.int"
  bool is_binary = false;
  std::string value;  // a binary one: its bytes
};

struct Message {
  std::string id;
  std::string sender_id;
  Timestamp sent_at;
  RunningTime enqueued_at{Duration(0)};  // its retention counts from here
  std::uint32_t receives_elsewhere = 0;  // before it came to this dead-letter queue
  std::string group_id;
  std::string deduplication_id;
  std::string trace_header;  // AWSTraceHeader
  std::string source_arn;    // DeadLetterQueueSourceArn
  std::vector<MessageAttribute> attributes;
  std::string body;
};

struct MessageState {
  enum class Kind : std::uint8_t { kReady = 0, kDelayed = 1, kInFlight = 2 };

  Kind kind = Kind::kReady;
  RunningTime due{Duration(0)};
  std::uint32_t receives = 0;
  Timestamp first_received_at;
  RunningTime received_at{Duration(0)};  // the last time
  std::uint64_t receipt = 0;             // of the last receive
  std::string group_id;
};

std::string encodeMessage(const Message& message);
std::string encodeState(const MessageState& state);
// They throw std::runtime_error for bytes that the functions above did not write.
Message decodeMessage(std::string_view stored);
MessageState decodeState(std::string_view stored);

std::string md5Hex(std::string_view text);
// SQS's MD5 of attributes, which must be in the order of their names; empty: there are none.
// Source: "Calculating the MD5 message digest for message attributes" in SQS's developer guide.
std::string md5OfAttributes(const std::vector<MessageAttribute>& attributes);

// What counts against MaximumMessageSize: the body, and names, types and values of the attributes.
std::size_t sizeOf(const Message& message);

// A message's SequenceNumber: 20 digits that grow with the message's number.
std::string sequenceNumber(std::uint64_t message_number);

}  // namespace ddblog::sqs
