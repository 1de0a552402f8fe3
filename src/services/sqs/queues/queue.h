// A queue: its name, attributes and tags, and how it is stored.
//
//   kQueues   <name>  ->  version (1) | number (8) | created at (8) | modified at (8) | purged at (8) |
//                         attributes: count (4), each name and value | tags: count (4), each key and value
//
// Texts have a 32-bit length in front. Only attributes that were set are stored; the others have
// their defaults. "purged at" is of running time, and 0 if the queue was never purged.
//
// Thread safety: a value.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace ddblog::sqs {

using Texts = std::map<std::string, std::string, std::less<>>;

struct Queue {
  std::string name;
  std::string arn;           // not stored
  std::uint64_t number = 0;  // of what is stored of it
  Timestamp created_at;
  Timestamp modified_at;
  RunningTime purged_at{Duration(0)};
  Texts attributes;
  Texts tags;

  bool isFifo() const { return name.ends_with(".fifo"); }
  // An attribute's value, or its default; nullptr: it has none.
  const std::string* attribute(std::string_view attribute_name) const;
  bool isOn(std::string_view attribute_name) const;  // "true"
  // An attribute that is a number of seconds, or of bytes.
  std::int64_t numberOf(std::string_view attribute_name) const;
  std::chrono::seconds seconds(std::string_view attribute_name) const {
    return std::chrono::seconds(numberOf(attribute_name));
  }
  bool deduplicatesByGroup() const;
};

// Where messages go that were received too often.
struct RedrivePolicy {
  std::string target_arn;
  std::int64_t max_receive_count = 0;
};
// std::nullopt: the queue has none.
std::optional<RedrivePolicy> redrivePolicy(const Queue& queue);
// Whether the policy of `dead_letter_queue` allows that `source_arn` names it as its dead-letter queue.
bool allowsRedrive(const Queue& dead_letter_queue, std::string_view source_arn);

std::string encodeQueue(const Queue& queue);
// Throws std::runtime_error for bytes that encodeQueue did not write.
Queue decodeQueue(std::string_view name, std::string_view stored);

}  // namespace ddblog::sqs
