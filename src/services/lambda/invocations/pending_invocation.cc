#include "services/lambda/invocations/pending_invocation.h"

#include <stdexcept>

#include "base/bytes.h"
#include "services/lambda/functions/key_spaces.h"
#include "store/key_space.h"

namespace ddblog::lambda {

namespace {

constexpr char kWithHistory = static_cast<char>(key_spaces::kInvocations);
constexpr std::uint8_t kIsBatch = 1;

std::uint64_t toNumber(RunningTime time) { return static_cast<std::uint64_t>(time.time_since_epoch().count()); }
RunningTime toTime(std::uint64_t number) { return RunningTime(Duration(static_cast<Duration::rep>(number))); }

void decodeState(std::string_view stored, PendingInvocation& pending) {
  KeyParser state(stored);
  const std::uint64_t attempts = state.number();
  std::string_view rest = state.rest();
  if (stored.front() == kWithHistory) {
    pending.is_batch = (takeNumber<std::uint8_t>(rest) & kIsBatch) != 0;
    pending.attempts = rpc::AttemptHistory::take(rest);
    pending.last_log = takeText(rest);
  } else {
    pending.attempts = rpc::AttemptHistory(static_cast<std::uint32_t>(attempts));
  }
  pending.last_error = rest;
}

}  // namespace

std::string invocationKey(std::uint64_t id) { return KeyBuilder(key_spaces::kInvocations).number(id).str(); }

std::string queuePrefix(std::string_view function_name) {
  return KeyBuilder(key_spaces::kInvocationsDue).text(function_name).str();
}

std::string dueKey(std::string_view function_name, const QueuePosition& position) {
  return KeyBuilder(key_spaces::kInvocationsDue)
      .text(function_name)
      .number(toNumber(position.due))
      .number(position.id)
      .str();
}

QueuePosition positionOf(std::string_view due_key) {
  KeyParser key(due_key);
  key.text();
  const RunningTime due = toTime(key.number());
  return {due, key.number()};
}

std::uint64_t attemptsIn(std::string_view due_value) { return KeyParser(due_value).number(); }

RunningTime enqueuedAt(std::string_view stored) {
  KeyParser invocation(stored);
  invocation.text();
  invocation.text();
  return toTime(invocation.number());
}

std::string encodeState(const PendingInvocation& pending) {
  const std::uint32_t attempts = pending.attempts.count();
  const bool is_new = attempts == 0 && pending.last_error.empty();
  if (is_new && !pending.is_batch) return KeyBuilder(key_spaces::kInvocationsDue).number(attempts).str();
  std::string state = KeyBuilder(key_spaces::kInvocations).number(attempts).str();
  appendNumber<std::uint8_t>(state, pending.is_batch ? kIsBatch : 0);
  pending.attempts.append(state);
  appendText(state, pending.last_log);
  return state += pending.last_error;
}

void putInvocation(Transaction& transaction, const PendingInvocation& pending, const rpc::MessageBody& payload,
                   const void* owner) {
  std::string stored = KeyBuilder(key_spaces::kInvocations)
                           .text(pending.function_name)
                           .text(pending.request_id)
                           .number(toNumber(pending.enqueued_at))
                           .text(pending.client_context)
                           .str();
  putPayload(transaction, stored, payload, pending.position.id, owner);
  transaction.put(invocationKey(pending.position.id), std::move(stored));
}

PendingInvocation loadPending(const Reader& reader, std::string_view due_key, std::string_view due_value,
                              LoadedPayloads& payloads) {
  PendingInvocation pending;
  pending.function_name = KeyParser(due_key).text();
  pending.position = positionOf(due_key);
  decodeState(due_value, pending);
  const auto stored = reader.get(invocationKey(pending.position.id));
  if (!stored) throw std::runtime_error("an asynchronous invocation is in the queue without its payload");
  KeyParser invocation(*stored);
  invocation.text();
  pending.request_id = invocation.text();
  pending.enqueued_at = toTime(invocation.number());
  pending.client_context = invocation.text();
  pending.payload = payloads.load(reader, *stored, invocation.rest());
  return pending;
}

void erasePending(Transaction& transaction, const PendingInvocation& pending) {
  transaction.erase(dueKey(pending.function_name, pending.position));
  transaction.erase(invocationKey(pending.position.id));
  erasePayload(transaction, pending.payload);
}

}  // namespace ddblog::lambda
