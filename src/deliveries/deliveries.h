// Delivers to a target, in the caller's transaction: the first attempt, the retries, and in the end
// the dead-letter queue. A rule's target gets events this way, and a schedule's target its input.
//
// Each sender has two key spaces of its own, `waiting` and `due`:
//
//   waiting          -> how many deliveries wait to be tried again (8), and the bytes of their values (8); none: no entry
//   waiting id       -> first attempt at, source ARN, target ARN, message group, dead-letter ARN, most retries,
//                       most age, delivery id, flags (8), what they announce, input, event; never rewritten
//   due due-at, id   -> retries so far, error code, error message, the history of the attempts (rpc/failures.h)
//
//   flag 1   the input is the event; then the input is empty
//   flag 2   an envelope follows: its source, its detail type
//   flag 4   attributes of the dead letter follow: their number (8), name and value of each
//
// A recipient only writes, so the first attempt succeeds at once unless the recipient rejects it. After
// a temporary error, the delivery waits in the store, and retries.h tries again. After one that
// is permanent (NO_RESOURCE, NO_PERMISSIONS …), or when the target's retry policy is exhausted, the
// event goes to the target's dead-letter queue, or is dropped; in any case there is a line in the
// log, and the failure is recorded. The message in the queue is the event, with the attributes TARGET_ARN,
// ERROR_CODE, ERROR_MESSAGE, RETRY_ATTEMPTS, EXHAUSTED_RETRY_CONDITION if there was one, and the sender's own.
//
// At most kWaitingRetries deliveries of a sender wait, with kWaitingRetryBytes bytes. What fails while so
// many wait is given up at once; its error says so.
//
// Retries come after 1 s, 2 s, 4 s …, 10 min at most, each shortened by up to a half at random: so
// AWS's default, 185 retries, takes most of its 24 hours. AWS does not publish its delays. Ages and
// delays are of the running time.
//
// Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html,
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html and
// https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html
// Thread safety: used on the writer thread, unless a method says otherwise.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/ids.h"
#include "rpc/failures.h"
#include "rpc/recipients.h"
#include "rpc/traces.h"
#include "store/commit_notifier.h"
#include "store/key_space.h"
#include "store/store.h"

namespace ddblog::deliveries {

inline constexpr Duration kLongestRetryDelay = std::chrono::minutes(10);
inline constexpr std::uint64_t kWaitingRetries = 100'000;      // ours
inline constexpr std::uint64_t kWaitingRetryBytes = 1u << 30;  // ours

// How long and how often a target gets again what it did not take.
struct RetryPolicy {
  int most_retries = 185;
  Duration most_age = std::chrono::hours(24);
};

// What is on its way to a target. It refers to texts of the caller.
struct Delivery {
  std::string_view source_arn;  // the rule's or the schedule's
  std::string_view target_arn;
  std::string_view group_id;         // MessageGroupId of a FIFO queue
  std::string_view dead_letter_arn;  // empty: none
  RetryPolicy retry_policy;
  std::string_view id;     // the event's or the execution's
  std::string_view event;  // what a dead-letter queue gets
  rpc::MessageBody input;  // what the target gets
  std::optional<rpc::EventEnvelope> envelope = {};
  std::map<std::string, std::string> dead_letter_attributes = {};  // besides those of all dead letters
};

// Who delivers.
struct Sender {
  KeySpace waiting;
  KeySpace due;
  std::string principal;         // which a queue's policy must allow; empty: it sends in a role
  std::string source_attribute;  // of a dead letter: "RULE_ARN"
  std::string delivery_word;     // of the log's lines: "event"
  std::string attempt_variable;  // stands in an input for the number of the attempt; empty: nothing does
};

// All must outlive it.
struct Environment {
  Store& store;
  Clock& clock;
  Ids& ids;
  const rpc::Recipients& recipients;
  rpc::FailureRecorder& failures;
  std::function<void(std::string_view line)> warn;
  rpc::Traces* traces = nullptr;  // nullptr: nobody wants them
};

class Deliveries {
 public:
  Deliveries(Environment environment, Sender sender)
      : environment_(std::move(environment)), sender_(std::move(sender)) {}
  Deliveries(const Deliveries&) = delete;

  // Returns whether it was delivered. If not, it will be retried, is in the dead-letter queue, or was
  // dropped.
  bool deliver(Transaction& transaction, const Delivery& delivery) const;

  // Gives up a delivery whose input cannot be made; `delivery.input` is what the recorded failure keeps instead.
  void giveUpUnattempted(Transaction& transaction, const Delivery& delivery, const rpc::DeliveryFailure& failure) const;

  // The key of the first delivery that is due at `due` or later, and the end of those keys. Any thread.
  std::string dueKey(RunningTime due, std::uint64_t id = 0) const;
  std::string endOfDue() const;

  // Tries a waiting delivery again. Returns its target's ARN; empty: it has been finished meanwhile.
  std::string retry(Transaction& transaction, const std::string& due_key) const;
  // Makes it due at `due` instead.
  void moveRetry(Transaction& transaction, const std::string& due_key, RunningTime due) const;

  // How many deliveries a target took, and how many attempts were retries. Any thread.
  std::uint64_t delivered() const { return delivered_; }
  std::uint64_t retries() const { return retries_; }

  // Notified after commits that add deliveries to be tried again. Any thread.
  CommitNotifier& added() const { return added_; }
  const Environment& environment() const { return environment_; }

 private:
  struct State;
  struct Waiting;

  std::string waitingKey() const { return KeyBuilder(sender_.waiting).str(); }
  std::string deliveryKey(std::uint64_t id) const { return KeyBuilder(sender_.waiting).number(id).str(); }
  Waiting waiting(const Reader& reader) const;
  void putWaiting(Transaction& transaction, const Waiting& waiting) const;
  std::string encodeState(const State& state) const;

  std::optional<rpc::DeliveryFailure> send(Transaction& transaction, const rpc::Message& message) const;
  // The text with the number of the attempt in place of its variable.
  std::string atAttempt(std::string text, int attempt) const;
  rpc::Message messageOf(const Delivery& delivery, int attempt) const;
  bool attemptFails(Transaction& transaction, const Delivery& delivery, State& state) const;
  // `id`: of the span; empty: nobody wants it.
  void trace(Transaction& transaction, const Delivery& delivery, std::string_view id, int attempt,
             const std::optional<rpc::DeliveryFailure>& failure) const;
  std::string undeliveredLine(const Delivery& delivery, const rpc::DeliveryFailure& failure) const;
  bool sendToDeadLetters(Transaction& transaction, const Delivery& delivery, const State& state,
                         std::string_view exhausted) const;
  void giveUp(Transaction& transaction, const Delivery& delivery, const State& state, std::string_view exhausted) const;
  Duration retryDelay(int retries) const;
  std::optional<RunningTime> nextAttempt(const RetryPolicy& policy, const State& state,
                                         std::string_view& exhausted) const;

  const Environment environment_;
  const Sender sender_;
  mutable CommitNotifier added_;
  mutable std::atomic<std::uint64_t> delivered_{0};
  mutable std::atomic<std::uint64_t> retries_{0};
};

// When the delivery with this key of Deliveries::dueKey is due.
RunningTime dueOf(std::string_view due_key);

}  // namespace ddblog::deliveries
