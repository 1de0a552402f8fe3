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

// The state of a delivery that has not succeeded yet.
struct DeliveryState {
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

std::string encodeDeliveryState(const DeliveryState& state) {
  std::string encoded = KeyBuilder(key_spaces::kRetriesDue)
                            .number(static_cast<std::uint64_t>(state.retries))
                            .text(state.failure.code)
                            .text(state.failure.message)
                            .str();
  state.history.append(encoded);
  return encoded;
}

// Without the failure, which the next attempt replaces.
DeliveryState decodeDeliveryState(std::string_view stored) {
  KeyParser parser(stored);
  DeliveryState state;
  state.retries = static_cast<int>(parser.number());
  parser.text();
  parser.text();
  const std::string history(parser.rest());
  std::string_view rest = history;
  state.history = rpc::AttemptHistory::take(rest);
  return state;
}

std::string errorText(const rpc::DeliveryFailure& failure) { return failure.code + ": " + failure.message; }

// A recipient that throws has failed to deliver; the other targets must still get their events.
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

// Adds a failure to `state`. Returns whether there was one.
bool attemptFails(Transaction& transaction, const Context& context, const TargetDelivery& delivery,
                  DeliveryState& state) {
  auto failure = deliver(transaction, context, messageOf(delivery));
  if (!failure) return false;
  state.failure = *std::move(failure);
  state.history.add(context.clock.now(), errorText(state.failure));
  return true;
}

std::string undeliveredLine(const TargetDelivery& delivery, const rpc::DeliveryFailure& failure) {
  return "event " + std::string(delivery.event_id) + " could not be delivered to " + std::string(delivery.target_arn) +
         ": " + errorText(failure);
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
                       const DeliveryState& state, std::string_view exhausted) {
  if (delivery.dead_letter_arn.empty()) {
    context.warn(undeliveredLine(delivery, state.failure));
    return false;
  }
  rpc::Message message{std::string(delivery.dead_letter_arn), std::string(delivery.event)};
  message.attributes = {{"RULE_ARN", std::string(delivery.rule_arn)},
                        {"TARGET_ARN", std::string(delivery.target_arn)},
                        {"ERROR_CODE", state.failure.code},
                        {"ERROR_MESSAGE", attributeText(state.failure.message)},
                        {"RETRY_ATTEMPTS", std::to_string(state.retries)}};
  if (!exhausted.empty()) message.attributes.emplace("EXHAUSTED_RETRY_CONDITION", exhausted);
  message.sender_service = kPrincipal;
  message.sender_arn = delivery.rule_arn;
  const auto failure = deliver(transaction, context, message);
  if (!failure) {
    context.warn(undeliveredLine(delivery, state.failure) + "; its dead-letter queue has it");
    return true;
  }
  context.warn(undeliveredLine(delivery, state.failure) + "; nor to its dead-letter queue " + message.recipient_arn +
               ": " + errorText(*failure));
  return false;
}

// `exhausted`: the condition of the retry policy; empty: the error is permanent.
void giveUp(Transaction& transaction, const Context& context, const TargetDelivery& delivery,
            const DeliveryState& state, std::string_view exhausted) {
  rpc::Failure failure{.kind = rpc::Failure::Kind::kDelivery,
                       .source_arn = std::string(delivery.rule_arn),
                       .message = messageOf(delivery),
                       .condition = std::string(exhausted.empty() ? state.failure.code : exhausted),
                       .request_id = std::string(delivery.event_id),
                       .attempts = state.history,
                       .error = errorText(state.failure),
                       .log = {},
                       .destinations = {}};
  if (sendToDeadLetters(transaction, context, delivery, state, exhausted)) {
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
std::optional<RunningTime> nextAttempt(const Context& context, const RetryPolicy& policy, const DeliveryState& state,
                                       std::string_view& exhausted) {
  if (state.failure.is_permanent) return std::nullopt;
  const RunningTime now = context.clock.runningTime();
  const RunningTime too_old = state.first_at + policy.most_age;
  if (state.retries >= policy.most_retries) {
    exhausted = "MaximumRetryAttempts";
  } else if (now >= too_old) {
    exhausted = "MaximumEventAgeInSeconds";
  }
  if (!exhausted.empty()) return std::nullopt;
  return std::min(now + retryDelay(context, state.retries), too_old);  // the last one just before it is too old
}

}  // namespace

std::string retryDueKey(RunningTime due, std::uint64_t id) {
  return KeyBuilder(key_spaces::kRetriesDue).number(toNumber(due)).number(id).str();
}

RunningTime dueOfRetry(std::string_view due_key) { return toRunningTime(KeyParser(due_key).number()); }

bool deliverToTarget(Transaction& transaction, const Context& context, const TargetDelivery& delivery) {
  DeliveryState state{0, context.clock.runningTime(), {}};
  if (!attemptFails(transaction, context, delivery, state)) return true;
  std::string_view exhausted;
  const auto next = nextAttempt(context, delivery.retry_policy, state, exhausted);
  if (!next) {
    giveUp(transaction, context, delivery, state, exhausted);
    return false;
  }
  std::string stored = encodeDelivery(delivery, state.first_at);
  const Waiting others = waiting(transaction);
  if (others.deliveries >= kWaitingRetries || others.bytes + stored.size() > kWaitingRetryBytes) {
    state.failure.message +=
        "; it is not tried again, because " + std::to_string(others.deliveries) + " deliveries wait to be tried again";
    giveUp(transaction, context, delivery, state, {});
    return false;
  }
  context.warn(undeliveredLine(delivery, state.failure) + "; it is tried again");
  putWaiting(transaction, {others.deliveries + 1, others.bytes + stored.size()});
  const std::uint64_t id = context.ids.number();
  transaction.put(retryKey(id), std::move(stored));
  transaction.put(retryDueKey(*next, id), encodeDeliveryState(state));
  transaction.notifyAfterCommit(*context.retries_added);
  return false;
}

void giveUpUnattempted(Transaction& transaction, const Context& context, const TargetDelivery& delivery,
                       const rpc::DeliveryFailure& failure) {
  DeliveryState state{0, context.clock.runningTime(), failure};
  state.history.add(context.clock.now(), errorText(failure));
  giveUp(transaction, context, delivery, state, {});
}

void retryDelivery(Transaction& transaction, const Context& context, const std::string& due_key) {
  const auto stored_state = transaction.get(due_key);
  if (!stored_state) return;
  KeyParser key(due_key);
  key.number();
  const std::uint64_t id = key.number();
  transaction.erase(due_key);
  const auto stored = transaction.get(retryKey(id));
  if (!stored) return;
  DeliveryState state = decodeDeliveryState(*stored_state);
  ++state.retries;
  const StoredDelivery decoded = decodeDelivery(*stored);
  const TargetDelivery delivery = decoded.delivery();
  state.first_at = decoded.first_at;
  std::string_view exhausted;
  if (attemptFails(transaction, context, delivery, state)) {
    if (const auto next = nextAttempt(context, delivery.retry_policy, state, exhausted)) {
      transaction.put(retryDueKey(*next, id), encodeDeliveryState(state));
      return;
    }
    giveUp(transaction, context, delivery, state, exhausted);
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
