#include "services/sqs/queues/deduplication.h"

#include "base/bytes.h"
#include "base/digests.h"
#include "services/sqs/queues/expiring.h"
#include "services/sqs/queues/key_spaces.h"
#include "services/sqs/queues/limits.h"
#include "store/key_space.h"

namespace ddblog::sqs {

namespace {

std::string deduplicationKey(const Queue& queue, const Message& message) {
  KeyBuilder key(key_spaces::kDeduplication);
  key.number(queue.number);
  if (queue.deduplicatesByGroup()) key.text(message.group_id);
  return key.text(message.deduplication_id).str();
}

}  // namespace

std::string contentId(std::string_view body) { return sha256Hex(body); }

std::optional<SentMessage> findDuplicate(const Reader& reader, const Queue& queue, const Message& message,
                                         RunningTime now) {
  const auto stored = reader.get(deduplicationKey(queue, message));
  if (!stored || isExpired(*stored, now)) return std::nullopt;
  std::string_view value = expiringValue(*stored);
  SentMessage sent;
  sent.number = takeNumber<std::uint64_t>(value);
  sent.id = value;
  return sent;
}

void noteSent(Transaction& transaction, const Queue& queue, const Message& message, const SentMessage& sent,
              RunningTime now) {
  std::string value;
  appendNumber(value, sent.number);
  value += sent.id;
  putExpiring(transaction, deduplicationKey(queue, message), now + limits::kDeduplication, value);
}

}  // namespace ddblog::sqs
