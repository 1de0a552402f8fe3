// The faults of standard queues: a message may be overtaken by later ones, and it may come again after
// it was removed. FIFO queues have none.
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

}  // namespace ddblog::sqs
