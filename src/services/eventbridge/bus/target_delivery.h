// Delivers an event to a rule's target, in the caller's transaction: the first attempt, the retries,
// and in the end the dead-letter queue.
//
//   0x33          -> how many deliveries wait to be tried again (8), and the bytes of their values (8); none: no entry
//   0x33 id       -> first attempt at, rule ARN, target ARN, message group, dead-letter ARN, most retries,
//                    most age, event id, whether the input is the event (then the input is empty), input,
//                    event; never rewritten
//   0x34 due, id  -> retries so far, error code, error message, the history of the attempts (rpc/failures.h)
//
// A recipient only writes, so the first attempt succeeds at once unless the recipient rejects it. After
// a temporary error, the event waits in the store, and target_retries.h tries again. After one that
// is permanent (NO_RESOURCE, NO_PERMISSIONS …), or when the target's retry policy is exhausted, the
// event goes to the target's dead-letter queue, or is dropped; in any case there is a line in the
// log, and the failure is recorded. The message in the queue is the event, with the attributes RULE_ARN, TARGET_ARN,
// ERROR_CODE, ERROR_MESSAGE, RETRY_ATTEMPTS, and EXHAUSTED_RETRY_CONDITION if there was one.
//
// At most kWaitingRetries deliveries wait, with kWaitingRetryBytes bytes. What fails while so many wait
// is given up at once; its error says so.
//
// Retries come after 1 s, 2 s, 4 s …, 10 min at most, each shortened by up to a half at random: so
// AWS's default, 185 retries, takes most of its 24 hours. AWS does not publish its delays. Ages and
// delays are of the running time.
//
// Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html and
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
// Thread safety: used on the writer thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "rpc/recipients.h"
#include "services/eventbridge/bus/catalog.h"
#include "services/eventbridge/bus/context.h"
#include "store/store.h"

namespace ddblog::eventbridge {

inline constexpr Duration kLongestRetryDelay = std::chrono::minutes(10);
inline constexpr std::uint64_t kWaitingRetries = 100'000;      // ours
inline constexpr std::uint64_t kWaitingRetryBytes = 1u << 30;  // ours

// An event on its way to a target. It refers to texts of the caller.
struct TargetDelivery {
  std::string_view rule_arn;
  std::string_view target_arn;
  std::string_view group_id;         // MessageGroupId of a FIFO queue
  std::string_view dead_letter_arn;  // empty: none
  RetryPolicy retry_policy;
  std::string_view event_id;
  std::string_view event;  // the event itself
  rpc::MessageBody input;  // what the target gets
};

// Returns whether it was delivered. If not, it will be retried, is in the dead-letter queue, or was
// dropped.
bool deliverToTarget(Transaction& transaction, const Context& context, const TargetDelivery& delivery);

// Gives up a delivery whose input cannot be made; `delivery.input` is what the recorded failure keeps instead.
void giveUpUnattempted(Transaction& transaction, const Context& context, const TargetDelivery& delivery,
                       const rpc::DeliveryFailure& failure);

// The key of the first delivery that is due at `due` or later.
std::string retryDueKey(RunningTime due, std::uint64_t id = 0);
RunningTime dueOfRetry(std::string_view due_key);

// Tries a waiting delivery again, unless it has been finished meanwhile.
void retryDelivery(Transaction& transaction, const Context& context, const std::string& due_key);
// Makes it due at `due` instead.
void moveRetry(Transaction& transaction, const std::string& due_key, RunningTime due);

}  // namespace ddblog::eventbridge
