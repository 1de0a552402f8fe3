// The faults of queues: an entry of a batch may fail. Of standard queues only: a message may be overtaken
// by later ones, and it may come again after it was removed.
#include "rpc/fault_identity.h"
#include "services/sqs/queues/messages.h"

namespace ddblog::sqs {

namespace {

constexpr Duration kLongestDelay{1000};  // ours

std::string identityIn(const Queue& queue, const Message& message) {
  return "queue " + queue.name + ' ' + rpc::faultIdentity(message.body);
}

}  // namespace

// How much later the message becomes visible, so that others overtake it.
Duration Messages::lateness(const Queue& queue, const Message& message) const {
  if (!faults_ || !faults_->wants(Fault::kReorder) || queue.isFifo()) return Duration(0);
  return faults_->delay(identityIn(queue, message), kLongestDelay);
}

// Whether a removal has no effect, as if a copy of the message had been missed. At most once for each
// message, and never if the next receive would move it to the dead-letter queue.
bool Messages::comesAgain(const Queue& queue, const MessageStore& store, std::uint64_t number,
                          const MessageState& state) const {
  if (!faults_ || !faults_->wants(Fault::kDuplicate) || queue.isFifo() || state.receives != 1) return false;
  const auto policy = redrivePolicy(queue);
  if (policy && policy->max_receive_count <= 1) return false;
  const auto message = store.message(number);
  return message && faults_->strike(Fault::kDuplicate, identityIn(queue, *message)).has_value();
}

bool Messages::entryFails(std::string_view operation, const Queue& queue, const Message& message) const {
  if (!faults_ || !faults_->wants(Fault::kPartialFailure)) return false;
  return faults_->strike(Fault::kPartialFailure, std::string(operation) + ' ' + identityIn(queue, message)).has_value();
}

bool Messages::entryFails(std::string_view operation, Transaction& transaction, const Queue& queue,
                          std::string_view receipt_handle) {
  if (!faults_ || !faults_->wants(Fault::kPartialFailure)) return false;
  const ReceiptHandle handle = parse(queue, receipt_handle);
  const auto message =
      handle.queue_number == queue.number ? open(transaction, queue).message(handle.message_number) : std::nullopt;
  return message && entryFails(operation, queue, *message);
}

}  // namespace ddblog::sqs
