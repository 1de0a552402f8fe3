#include "services/eventbridge/bus/target_delivery.h"

#include <algorithm>
#include <exception>
#include <optional>
#include <utility>

#include "base/bytes.h"
#include "base/utf8.h"
#include "rpc/failures.h"
#include "services/eventbridge/bus/key_spaces.h"
#include "store/key_space.h"

namespace ddblog::eventbridge {
namespace {

constexpr Duration kFirstRetryDelay{1000};
constexpr std::size_t kMostErrorBytes = 1024;  // ours; of ERROR_MESSAGE
constexpr char kPrincipal[] = "events.amazonaws.com";

std::string retryKey(std::uint64_t id) { return KeyBuilder(key_spaces::kRetries).number(id).str(); }
std::uint64_t toNumber(RunningTime time) { return static_cast<std::uint64_t>(time.time_since_epoch().count()); }
RunningTime toRunningTime(std::uint64_t number) { return RunningTime(Duration(static_cast<Duration::rep>(number))); }

const std::string kWaitingKey = KeyBuilder(key_spaces::kRetries).str();

// What waits to be tried again.
struct Waiting {
  std::uint64_t deliveries = 0;
  std::uint64_t bytes = 0;  // of their values
};

Waiting waiting(const Reader& reader) {
  const auto stored = reader.get(kWaitingKey);
  if (!stored) return {};
  std::string_view rest = *stored;
  Waiting waiting;
  waiting.deliveries = takeNumber<std::uint64_t>(rest);
  waiting.bytes = takeNumber<std::uint64_t>(rest);
  return waiting;
}

void putWaiting(Transaction& transaction, const Waiting& waiting) {
  if (waiting.deliveries == 0) return transaction.erase(kWaitingKey);
  std::string stored;
  appendNumber(stored, waiting.deliveries);
  appendNumber(stored, waiting.bytes);
  transaction.put(kWaitingKey, std::move(stored));
}

// What is known of a delivery that did not succeed yet.
struct Attempts {
  int retries = 0;
  RunningTime first_at;
  rpc::DeliveryFailure failure;
  rpc::AttemptHistory history = {};
};

std::string encodeDelivery(const TargetDelivery& delivery, RunningTime first_at) {
  const bool is_whole = delivery.input.text() == delivery.event;
  return KeyBuilder(key_spaces::kRetries)
      .number(toNumber(first_at))
      .text(delivery.rule_arn)
      .text(delivery.target_arn)
      .text(delivery.group_id)
      .text(delivery.dead_letter_arn)
      .number(static_cast<std::uint64_t>(delivery.retry_policy.most_retries))
      .number(static_cast<std::uint64_t>(delivery.retry_policy.most_age.count()))
      .text(delivery.event_id)
      .number(is_whole ? 1 : 0)
      .text(is_whole ? std::string_view() : std::string_view(delivery.input.text()))
      .bytes(delivery.event)
      .str();
}

struct StoredDelivery {
  RunningTime first_at;
  std::string rule_arn, target_arn, group_id, dead_letter_arn, event_id, event, input;
  RetryPolicy retry_policy;

  TargetDelivery delivery() const {
    return {rule_arn, target_arn, group_id, dead_letter_arn, retry_policy, event_id, event, input};
  }
};

StoredDelivery decodeDelivery(std::string_view stored) {
  KeyParser parser(stored);
  StoredDelivery delivery;
  delivery.first_at = toRunningTime(parser.number());
  delivery.rule_arn = parser.text();
  delivery.target_arn = parser.text();
  delivery.group_id = parser.text();
  delivery.dead_letter_arn = parser.text();
  delivery.retry_policy.most_retries = static_cast<int>(parser.number());
  delivery.retry_policy.most_age = Duration(static_cast<Duration::rep>(parser.number()));
  delivery.event_id = parser.text();
  const bool is_whole = parser.number() != 0;
  delivery.input = parser.text();
  delivery.event = parser.rest();
  if (is_whole) delivery.input = delivery.event;
  return delivery;
}

std::string encodeAttempts(const Attempts& attempts) {
  std::string encoded = KeyBuilder(key_spaces::kRetriesDue)
                            .number(static_cast<std::uint64_t>(attempts.retries))
                            .text(attempts.failure.code)
                            .text(attempts.failure.message)
                            .str();
  attempts.history.append(encoded);
  return encoded;
}

// Without the failure, which the next attempt replaces.
Attempts decodeAttempts(std::string_view stored) {
  KeyParser parser(stored);
  Attempts attempts;
  attempts.retries = static_cast<int>(parser.number());
  parser.text();
  parser.text();
  const std::string history(parser.rest());
  std::string_view rest = history;
  attempts.history = rpc::AttemptHistory::take(rest);
  return attempts;
}

std::string described(const rpc::DeliveryFailure& failure) { return failure.code + ": " + failure.message; }

// An error of a recipient is its failure: it must not keep other targets from their events.
std::optional<rpc::DeliveryFailure> deliver(Transaction& transaction, const Context& context,
                                            const rpc::Message& message) {
  try {
    return context.recipients.deliver(transaction, message);
  } catch (const StoreFailed&) {
    throw;
  } catch (const std::exception& error) {
    return rpc::DeliveryFailure{"INTERNAL_ERROR", error.what(), false};
  }
}

rpc::Message messageOf(const TargetDelivery& delivery) {
  rpc::Message message{std::string(delivery.target_arn), delivery.input};
  message.group_id = delivery.group_id;
  message.sender_service = kPrincipal;
  message.sender_arn = delivery.rule_arn;
  return message;
}

// Adds a failure to `attempts`. Returns whether there was one.
bool fails(Transaction& transaction, const Context& context, const TargetDelivery& delivery, Attempts& attempts) {
  auto failure = deliver(transaction, context, messageOf(delivery));
  if (!failure) return false;
  attempts.failure = *std::move(failure);
  attempts.history.add(context.clock.now(), described(attempts.failure));
  return true;
}

std::string described(const TargetDelivery& delivery, const rpc::DeliveryFailure& failure) {
  return "event " + std::string(delivery.event_id) + " could not be delivered to " + std::string(delivery.target_arn) +
         ": " + described(failure);
}

// As a message attribute can have it: not empty, UTF-8 without control characters, of bounded size.
std::string attributeText(std::string_view text) {
  std::string valid = validUtf8(text, kMostErrorBytes);
  std::replace_if(
      valid.begin(), valid.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
  return valid.empty() ? "unknown" : valid;
}

// Returns whether the dead-letter queue has it.
bool sendToDeadLetters(Transaction& transaction, const Context& context, const TargetDelivery& delivery,
                       const Attempts& attempts, std::string_view exhausted) {
  if (delivery.dead_letter_arn.empty()) {
    context.warn(described(delivery, attempts.failure));
    return false;
  }
  rpc::Message message{std::string(delivery.dead_letter_arn), std::string(delivery.event)};
  message.attributes = {{"RULE_ARN", std::string(delivery.rule_arn)},
                        {"TARGET_ARN", std::string(delivery.target_arn)},
                        {"ERROR_CODE", attempts.failure.code},
                        {"ERROR_MESSAGE", attributeText(attempts.failure.message)},
                        {"RETRY_ATTEMPTS", std::to_string(attempts.retries)}};
  if (!exhausted.empty()) message.attributes.emplace("EXHAUSTED_RETRY_CONDITION", exhausted);
  message.sender_service = kPrincipal;
  message.sender_arn = delivery.rule_arn;
  const auto failure = deliver(transaction, context, message);
  if (!failure) {
    context.warn(described(delivery, attempts.failure) + "; its dead-letter queue has it");
    return true;
  }
  context.warn(described(delivery, attempts.failure) + "; nor to its dead-letter queue " + message.recipient_arn +
               ": " + described(*failure));
  return false;
}

// `exhausted`: the condition of the retry policy; empty: the error is permanent.
void giveUp(Transaction& transaction, const Context& context, const TargetDelivery& delivery, const Attempts& attempts,
            std::string_view exhausted) {
  rpc::Failure failure{.kind = rpc::Failure::Kind::kDelivery,
                       .source_arn = std::string(delivery.rule_arn),
                       .message = messageOf(delivery),
                       .condition = std::string(exhausted.empty() ? attempts.failure.code : exhausted),
                       .request_id = std::string(delivery.event_id),
                       .attempts = attempts.history,
                       .error = described(attempts.failure),
                       .log = {},
                       .destinations = {}};
  if (sendToDeadLetters(transaction, context, delivery, attempts, exhausted)) {
    failure.destinations.emplace_back(delivery.dead_letter_arn);
  }
  context.failures.record(transaction, failure);
}

Duration retryDelay(const Context& context, int retries) {
  Duration delay = kLongestRetryDelay;
  if (retries < 16) delay = std::min(delay, kFirstRetryDelay * (1 << retries));
  const auto half = static_cast<std::uint64_t>(delay.count() / 2);
  return delay - Duration(static_cast<Duration::rep>(context.ids.number() % (half + 1)));
}

// When to try again; std::nullopt: never, because of `exhausted` or a permanent error.
std::optional<RunningTime> nextAttempt(const Context& context, const RetryPolicy& policy, const Attempts& attempts,
                                       std::string_view& exhausted) {
  if (attempts.failure.is_permanent) return std::nullopt;
  const RunningTime now = context.clock.runningTime();
  const RunningTime too_old = attempts.first_at + policy.most_age;
  if (attempts.retries >= policy.most_retries) {
    exhausted = "MaximumRetryAttempts";
  } else if (now >= too_old) {
    exhausted = "MaximumEventAgeInSeconds";
  }
  if (!exhausted.empty()) return std::nullopt;
  return std::min(now + retryDelay(context, attempts.retries), too_old);  // the last one just before it is too old
}

}  // namespace

std::string retryDueKey(RunningTime due, std::uint64_t id) {
  return KeyBuilder(key_spaces::kRetriesDue).number(toNumber(due)).number(id).str();
}

RunningTime dueOfRetry(std::string_view due_key) { return toRunningTime(KeyParser(due_key).number()); }

bool deliverToTarget(Transaction& transaction, const Context& context, const TargetDelivery& delivery) {
  Attempts attempts{0, context.clock.runningTime(), {}};
  if (!fails(transaction, context, delivery, attempts)) return true;
  std::string_view exhausted;
  const auto next = nextAttempt(context, delivery.retry_policy, attempts, exhausted);
  if (!next) {
    giveUp(transaction, context, delivery, attempts, exhausted);
    return false;
  }
  std::string stored = encodeDelivery(delivery, attempts.first_at);
  const Waiting others = waiting(transaction);
  if (others.deliveries >= kWaitingRetries || others.bytes + stored.size() > kWaitingRetryBytes) {
    attempts.failure.message +=
        "; it is not tried again, because " + std::to_string(others.deliveries) + " deliveries wait to be tried again";
    giveUp(transaction, context, delivery, attempts, {});
    return false;
  }
  context.warn(described(delivery, attempts.failure) + "; it is tried again");
  putWaiting(transaction, {others.deliveries + 1, others.bytes + stored.size()});
  const std::uint64_t id = context.ids.number();
  transaction.put(retryKey(id), std::move(stored));
  transaction.put(retryDueKey(*next, id), encodeAttempts(attempts));
  transaction.notifyAfterCommit(*context.retries_added);
  return false;
}

void giveUp(Transaction& transaction, const Context& context, const TargetDelivery& delivery,
            const rpc::DeliveryFailure& failure) {
  Attempts attempts{0, context.clock.runningTime(), failure};
  attempts.history.add(context.clock.now(), described(failure));
  giveUp(transaction, context, delivery, attempts, {});
}

void retryDelivery(Transaction& transaction, const Context& context, const std::string& due_key) {
  const auto state = transaction.get(due_key);
  if (!state) return;
  KeyParser key(due_key);
  key.number();
  const std::uint64_t id = key.number();
  transaction.erase(due_key);
  const auto stored = transaction.get(retryKey(id));
  if (!stored) return;
  Attempts attempts = decodeAttempts(*state);
  ++attempts.retries;
  const StoredDelivery decoded = decodeDelivery(*stored);
  const TargetDelivery delivery = decoded.delivery();
  attempts.first_at = decoded.first_at;
  std::string_view exhausted;
  if (fails(transaction, context, delivery, attempts)) {
    if (const auto next = nextAttempt(context, delivery.retry_policy, attempts, exhausted)) {
      transaction.put(retryDueKey(*next, id), encodeAttempts(attempts));
      return;
    }
    giveUp(transaction, context, delivery, attempts, exhausted);
  }
  transaction.erase(retryKey(id));
  Waiting left = waiting(transaction);
  left.deliveries -= std::min<std::uint64_t>(left.deliveries, 1);
  left.bytes -= std::min<std::uint64_t>(left.bytes, stored->size());
  putWaiting(transaction, left);
}

void moveRetry(Transaction& transaction, const std::string& due_key, RunningTime due) {
  auto state = transaction.get(due_key);
  if (!state) return;
  KeyParser key(due_key);
  key.number();
  transaction.erase(due_key);
  transaction.put(retryDueKey(due, key.number()), *std::move(state));
}

}  // namespace ddblog::eventbridge
