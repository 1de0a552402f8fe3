// ReceiveRequestAttemptId: within five minutes, a receive with the same id gets the same messages
// and receipt handles, and their visibility begins anew, as long as none of them was removed, changed
// or became visible.
//
//   kReceiveAttempts  <queue number> <attempt id>  ->  expires at (8) | for each message: number (8), receipt (8)
#include <utility>

#include "base/bytes.h"
#include "services/sqs/queues/expiring.h"
#include "services/sqs/queues/key_spaces.h"
#include "services/sqs/queues/limits.h"
#include "services/sqs/queues/messages.h"
#include "store/key_space.h"

namespace ddblog::sqs {

namespace {

std::string attemptKey(const Queue& queue, const std::string& attempt_id) {
  return KeyBuilder(key_spaces::kReceiveAttempts).number(queue.number).bytes(attempt_id).str();
}

}  // namespace

std::optional<std::vector<ReceivedMessage>> Messages::repeat(Transaction& transaction, const Queue& queue,
                                                             const ReceiveOptions& options,
                                                             std::chrono::seconds visibility) {
  const auto stored = transaction.get(attemptKey(queue, options.attempt_id));
  if (!stored || isExpired(*stored, clock_.runningTime())) return std::nullopt;
  MessageStore store = open(transaction, queue);
  std::vector<ReceivedMessage> received;
  for (std::string_view rest = expiringValue(*stored); !rest.empty();) {
    ReceivedMessage one;
    one.number = takeNumber<std::uint64_t>(rest);
    const auto receipt = takeNumber<std::uint64_t>(rest);
    const auto state = store.storedState(one.number);
    if (!state || state->kind != MessageState::Kind::kInFlight || state->receipt != receipt) return std::nullopt;
    one.message = store.message(one.number).value();
    one.receive_count = one.message.receives_elsewhere + state->receives;
    one.first_received_at = state->first_received_at;
    one.receipt_handle = encodeReceiptHandle(queue.arn, {queue.number, one.number, receipt});
    received.push_back(std::move(one));
  }
  if (received.empty()) return std::nullopt;
  for (const ReceivedMessage& one : received) {
    const MessageState state = store.storedState(one.number).value();
    MessageState changed = state;
    changed.due = clock_.runningTime() + visibility;
    store.change(one.number, state, changed);
  }
  store.save();
  return received;
}

void Messages::noteAttempt(Transaction& transaction, const Queue& queue, const ReceiveOptions& options,
                           const std::vector<ReceivedMessage>& received) {
  std::string value;
  for (const ReceivedMessage& one : received) {
    const auto handle = decodeReceiptHandle(queue.arn, one.receipt_handle);
    appendNumber(value, handle->message_number);
    appendNumber(value, handle->receipt);
  }
  putExpiring(transaction, attemptKey(queue, options.attempt_id), clock_.runningTime() + limits::kDeduplication, value);
}

}  // namespace ddblog::sqs
