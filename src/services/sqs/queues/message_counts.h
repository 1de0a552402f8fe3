// How many messages a queue has, kept with every change, so that nobody has to count them.
//
//   kCounts  <number>  ->  all (8) | in flight (8) | delayed (8) | ready groups (8) | last message (8)
//
// Thread safety: pure functions.
#pragma once

#include <cstdint>

#include "store/store.h"

namespace ddblog::sqs {

struct MessageCounts {
  std::uint64_t all = 0;
  std::uint64_t in_flight = 0;
  std::uint64_t delayed = 0;
  std::uint64_t ready_groups = 0;  // of a FIFO queue
  std::uint64_t last_message = 0;  // the number of the message that was sent last

  bool operator==(const MessageCounts&) const = default;
  std::uint64_t visible() const { return all - in_flight - delayed; }
};

MessageCounts messageCounts(const Reader& reader, std::uint64_t queue_number);
void putMessageCounts(Transaction& transaction, std::uint64_t queue_number, const MessageCounts& counts);

}  // namespace ddblog::sqs
