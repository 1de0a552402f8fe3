#include "services/sqs/queues/message_counts.h"

#include <string>

#include "base/bytes.h"
#include "services/sqs/queues/key_spaces.h"
#include "store/key_space.h"

namespace ddblog::sqs {

namespace {

std::string countsKey(std::uint64_t queue_number) { return KeyBuilder(key_spaces::kCounts).number(queue_number).str(); }

}  // namespace

MessageCounts messageCounts(const Reader& reader, std::uint64_t queue_number) {
  MessageCounts counts;
  const auto stored = reader.get(countsKey(queue_number));
  if (!stored) return counts;
  std::string_view rest = *stored;
  for (std::uint64_t* number :
       {&counts.all, &counts.in_flight, &counts.delayed, &counts.ready_groups, &counts.last_message}) {
    *number = takeNumber<std::uint64_t>(rest);
  }
  return counts;
}

void putMessageCounts(Transaction& transaction, std::uint64_t queue_number, const MessageCounts& counts) {
  std::string stored;
  for (const std::uint64_t number :
       {counts.all, counts.in_flight, counts.delayed, counts.ready_groups, counts.last_message}) {
    appendNumber(stored, number);
  }
  transaction.put(countsKey(queue_number), std::move(stored));
}

}  // namespace ddblog::sqs
