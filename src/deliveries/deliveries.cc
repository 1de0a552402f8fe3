#include "deliveries/deliveries.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "base/bytes.h"
#include "base/utf8.h"
#include "deliveries/replace_all.h"
#include "deliveries/stored_delivery.h"

namespace ddblog::deliveries {
namespace {

constexpr Duration kFirstRetryDelay{1000};
constexpr std::size_t kMostErrorBytes = 1024;  // ours; of ERROR_MESSAGE

std::uint64_t toNumber(RunningTime time) { return static_cast<std::uint64_t>(time.time_since_epoch().count()); }

std::string errorText(const rpc::DeliveryFailure& failure) { return failure.code + ": " + failure.message; }

// As a message attribute can have it: not empty, UTF-8 without control characters, of bounded size.
std::string attributeText(std::string_view text) {
  std::string valid = validUtf8(text, kMostErrorBytes);
  std::replace_if(
      valid.begin(), valid.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
  return valid.empty() ? "unknown" : valid;
}

}  // namespace

// What waits to be tried again.
struct Deliveries::Waiting {
  std::uint64_t deliveries = 0;
  std::uint64_t bytes = 0;  // of their values
};

// The state of a delivery that has not succeeded yet.
struct Deliveries::State {
  int retries = 0;
  RunningTime first_at;
  rpc::DeliveryFailure failure;
  rpc::AttemptHistory history = {};
};

Deliveries::Waiting Deliveries::waiting(const Reader& reader) const {
  const auto stored = reader.get(waitingKey());
  if (!stored) return {};
  std::string_view rest = *stored;
  Waiting waiting;
  waiting.deliveries = takeNumber<std::uint64_t>(rest);
  waiting.bytes = takeNumber<std::uint64_t>(rest);
  return waiting;
}

void Deliveries::putWaiting(Transaction& transaction, const Waiting& waiting) const {
  if (waiting.deliveries == 0) return transaction.erase(waitingKey());
  std::string stored;
  appendNumber(stored, waiting.deliveries);
  appendNumber(stored, waiting.bytes);
  transaction.put(waitingKey(), std::move(stored));
}

std::string Deliveries::encodeState(const State& state) const {
  std::string encoded = KeyBuilder(sender_.due)
                            .number(static_cast<std::uint64_t>(state.retries))
                            .text(state.failure.code)
                            .text(state.failure.message)
                            .str();
  state.history.append(encoded);
  return encoded;
}

// A recipient that throws has failed to deliver; the other targets must still get their events.
std::optional<rpc::DeliveryFailure> Deliveries::send(Transaction& transaction, const rpc::Message& message) const {
  try {
    return environment_.recipients.deliver(transaction, message);
  } catch (const StoreFailed&) {
    throw;
  } catch (const std::exception& error) {
    return rpc::DeliveryFailure{"INTERNAL_ERROR", error.what(), false};
  }
}

std::string Deliveries::atAttempt(std::string text, int attempt) const {
  if (!sender_.attempt_variable.empty()) replaceAll(text, sender_.attempt_variable, std::to_string(attempt));
  return text;
}

rpc::Message Deliveries::messageOf(const Delivery& delivery, int attempt) const {
  rpc::Message message{std::string(delivery.target_arn), delivery.input};
  if (!sender_.attempt_variable.empty()) message.body = atAttempt(delivery.input.text(), attempt);
  message.envelope = delivery.envelope;
  message.group_id = delivery.group_id;
  message.sender_service = sender_.principal;
  message.sender_arn = delivery.source_arn;
  return message;
}

// Adds a failure to `state`. Returns whether there was one.
bool Deliveries::attemptFails(Transaction& transaction, const Delivery& delivery, State& state) const {
  const int attempt = state.retries + 1;
  std::string id = environment_.traces ? environment_.traces->newId() : std::string();
  std::optional<rpc::DeliveryFailure> failure;
  {
    const rpc::CauseScope scope(transaction, id);
    failure = send(transaction, messageOf(delivery, attempt));
  }
  trace(transaction, delivery, id, attempt, failure);
  if (attempt > 1) transaction.afterCommit([this] { ++retries_; });
  if (!failure) {
    transaction.afterCommit([this] { ++delivered_; });
    return false;
  }
  state.failure = *std::move(failure);
  state.history.add(environment_.clock.now(), errorText(state.failure));
  return true;
}

// A retry does not know which event of the bus it belongs to, if several have the same id.
void Deliveries::trace(Transaction& transaction, const Delivery& delivery, std::string_view id, int attempt,
                       const std::optional<rpc::DeliveryFailure>& failure) const {
  if (id.empty()) return;
  const std::string error = failure ? errorText(*failure) : std::string();
  const std::string_view cause = transaction.cause();
  environment_.traces->addAfterCommit(transaction, {.kind = rpc::Span::Kind::kDelivery,
                                                    .id = id,
                                                    .parent = cause.empty() ? delivery.id : cause,
                                                    .subject = delivery.target_arn,
                                                    .source = delivery.source_arn,
                                                    .detail = error,
                                                    .at = environment_.clock.now(),
                                                    .number = attempt,
                                                    .has_failed = failure.has_value()});
}

std::string Deliveries::undeliveredLine(const Delivery& delivery, const rpc::DeliveryFailure& failure) const {
  return sender_.delivery_word + " " + std::string(delivery.id) + " could not be delivered to " +
         std::string(delivery.target_arn) + ": " + errorText(failure);
}

// Returns whether the dead-letter queue has it.
bool Deliveries::sendToDeadLetters(Transaction& transaction, const Delivery& delivery, const State& state,
                                   std::string_view exhausted) const {
  if (delivery.dead_letter_arn.empty()) {
    environment_.warn(undeliveredLine(delivery, state.failure));
    return false;
  }
  rpc::Message message{std::string(delivery.dead_letter_arn),
                       atAttempt(std::string(delivery.event), state.retries + 1)};
  message.attributes = delivery.dead_letter_attributes;
  message.attributes.insert({{sender_.source_attribute, std::string(delivery.source_arn)},
                             {"TARGET_ARN", std::string(delivery.target_arn)},
                             {"ERROR_CODE", state.failure.code},
                             {"ERROR_MESSAGE", attributeText(state.failure.message)},
                             {"RETRY_ATTEMPTS", std::to_string(state.retries)}});
  if (!exhausted.empty()) message.attributes.emplace("EXHAUSTED_RETRY_CONDITION", exhausted);
  message.sender_service = sender_.principal;
  message.sender_arn = delivery.source_arn;
  std::string id = environment_.traces ? environment_.traces->newId() : std::string();
  std::optional<rpc::DeliveryFailure> failure;
  {
    const rpc::CauseScope scope(transaction, id);
    failure = send(transaction, message);
  }
  if (environment_.traces) {
    const std::string outcome = failure ? errorText(*failure) : "dead-letter queue";
    environment_.traces->addAfterCommit(transaction, {.kind = rpc::Span::Kind::kOutcome,
                                                      .id = id,
                                                      .parent = delivery.id,
                                                      .subject = message.recipient_arn,
                                                      .detail = outcome,
                                                      .at = environment_.clock.now(),
                                                      .has_failed = failure.has_value()});
  }
  if (!failure) {
    environment_.warn(undeliveredLine(delivery, state.failure) + "; its dead-letter queue has it");
    return true;
  }
  environment_.warn(undeliveredLine(delivery, state.failure) + "; nor to its dead-letter queue " +
                    message.recipient_arn + ": " + errorText(*failure));
  return false;
}

// `exhausted`: the condition of the retry policy; empty: the error is permanent.
void Deliveries::giveUp(Transaction& transaction, const Delivery& delivery, const State& state,
                        std::string_view exhausted) const {
  rpc::Failure failure{.kind = rpc::Failure::Kind::kDelivery,
                       .source_arn = std::string(delivery.source_arn),
                       .message = messageOf(delivery, state.retries + 1),
                       .condition = std::string(exhausted.empty() ? state.failure.code : exhausted),
                       .request_id = std::string(delivery.id),
                       .attempts = state.history,
                       .error = errorText(state.failure),
                       .log = {},
                       .destinations = {}};
  if (sendToDeadLetters(transaction, delivery, state, exhausted)) {
    failure.destinations.emplace_back(delivery.dead_letter_arn);
  }
  environment_.failures.record(transaction, failure);
}

Duration Deliveries::retryDelay(int retries) const {
  Duration delay = kLongestRetryDelay;
  if (retries < 16) delay = std::min(delay, kFirstRetryDelay * (1 << retries));
  const auto half = static_cast<std::uint64_t>(delay.count() / 2);
  return delay - Duration(static_cast<Duration::rep>(environment_.ids.number() % (half + 1)));
}

// When to try again; std::nullopt: never, because of `exhausted` or a permanent error.
std::optional<RunningTime> Deliveries::nextAttempt(const RetryPolicy& policy, const State& state,
                                                   std::string_view& exhausted) const {
  if (state.failure.is_permanent) return std::nullopt;
  const RunningTime now = environment_.clock.runningTime();
  const RunningTime too_old = state.first_at + policy.most_age;
  if (state.retries >= policy.most_retries) {
    exhausted = "MaximumRetryAttempts";
  } else if (now >= too_old) {
    exhausted = "MaximumEventAgeInSeconds";
  }
  if (!exhausted.empty()) return std::nullopt;
  return std::min(now + retryDelay(state.retries), too_old);  // the last one just before it is too old
}

std::string Deliveries::dueKey(RunningTime due, std::uint64_t id) const {
  return KeyBuilder(sender_.due).number(toNumber(due)).number(id).str();
}

std::string Deliveries::endOfDue() const { return endOfPrefix(KeyBuilder(sender_.due).str()); }

RunningTime dueOf(std::string_view due_key) {
  return RunningTime(Duration(static_cast<Duration::rep>(KeyParser(due_key).number())));
}

bool Deliveries::deliver(Transaction& transaction, const Delivery& delivery) const {
  State state{0, environment_.clock.runningTime(), {}};
  if (!attemptFails(transaction, delivery, state)) return true;
  std::string_view exhausted;
  const auto next = nextAttempt(delivery.retry_policy, state, exhausted);
  if (!next) {
    giveUp(transaction, delivery, state, exhausted);
    return false;
  }
  std::string stored = encodeDelivery(sender_.waiting, delivery, state.first_at);
  const Waiting others = waiting(transaction);
  if (others.deliveries >= kWaitingRetries || others.bytes + stored.size() > kWaitingRetryBytes) {
    state.failure.message +=
        "; it is not tried again, because " + std::to_string(others.deliveries) + " deliveries wait to be tried again";
    giveUp(transaction, delivery, state, {});
    return false;
  }
  environment_.warn(undeliveredLine(delivery, state.failure) + "; it is tried again");
  putWaiting(transaction, {others.deliveries + 1, others.bytes + stored.size()});
  const std::uint64_t id = environment_.ids.number();
  transaction.put(deliveryKey(id), std::move(stored));
  transaction.put(dueKey(*next, id), encodeState(state));
  transaction.notifyAfterCommit(added_);
  return false;
}

void Deliveries::giveUpUnattempted(Transaction& transaction, const Delivery& delivery,
                                   const rpc::DeliveryFailure& failure) const {
  State state{0, environment_.clock.runningTime(), failure};
  state.history.add(environment_.clock.now(), errorText(failure));
  giveUp(transaction, delivery, state, {});
}

std::string Deliveries::retry(Transaction& transaction, const std::string& due_key) const {
  const auto stored_state = transaction.get(due_key);
  if (!stored_state) return {};
  KeyParser key(due_key);
  key.number();
  const std::uint64_t id = key.number();
  transaction.erase(due_key);
  const auto stored = transaction.get(deliveryKey(id));
  if (!stored) return {};
  State state;
  KeyParser parser(*stored_state);
  state.retries = static_cast<int>(parser.number()) + 1;
  parser.text();  // the error, which this attempt's replaces
  parser.text();
  std::string_view history = parser.rest();
  state.history = rpc::AttemptHistory::take(history);
  const StoredDelivery decoded = decodeDelivery(*stored);
  const Delivery delivery = decoded.delivery();
  state.first_at = decoded.first_at;
  std::string_view exhausted;
  if (attemptFails(transaction, delivery, state)) {
    if (const auto next = nextAttempt(delivery.retry_policy, state, exhausted)) {
      transaction.put(dueKey(*next, id), encodeState(state));
      return decoded.target_arn;
    }
    giveUp(transaction, delivery, state, exhausted);
  }
  transaction.erase(deliveryKey(id));
  Waiting left = waiting(transaction);
  left.deliveries -= std::min<std::uint64_t>(left.deliveries, 1);
  left.bytes -= std::min<std::uint64_t>(left.bytes, stored->size());
  putWaiting(transaction, left);
  return decoded.target_arn;
}

void Deliveries::moveRetry(Transaction& transaction, const std::string& due_key, RunningTime due) const {
  auto state = transaction.get(due_key);
  if (!state) return;
  KeyParser key(due_key);
  key.number();
  transaction.erase(due_key);
  transaction.put(dueKey(due, key.number()), *std::move(state));
}

}  // namespace ddblog::deliveries
