// An asynchronous invocation that waits, and its rows in the store.
//
//   kInvocations     <id>                          function, request id, enqueued at, client context, payload
//                                                  (never rewritten)
//   kInvocationsDue  <function> <due time> <id>    its state:
//
//     first byte kInvocationsDue   number of attempts (8), the last error. Only if there was no attempt
//                                  yet, or written by an earlier version
//     first byte kInvocations      number of attempts (8), flags (1: is_batch), the history of the attempts
//                                  (rpc/failures.h), length (4) and bytes of the last log, the last error
//
// The log is at most 4 KB; an error is as long as the function made it, at most 6 MB.
//
// Thread safety: value types and stateless functions; writing happens on the writer thread.
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "rpc/failures.h"
#include "services/lambda/invocations/shared_payloads.h"
#include "store/store.h"

namespace ddblog::lambda {

struct QueuePosition {  // of an invocation in the queue of its function
  RunningTime due;
  std::uint64_t id = 0;
  auto operator<=>(const QueuePosition&) const = default;
};

struct PendingInvocation {
  std::string function_name;
  QueuePosition position;
  std::string request_id;
  RunningTime enqueued_at;
  std::string client_context;
  Payload payload;
  // The payload is a batch of an event source mapping with ReportBatchItemFailures, delivered once more:
  // an answer that reports failures is a failed attempt.
  bool is_batch = false;
  // The answer to an attempt that has succeeded, while the invocation is delivered once more (a fault);
  // not stored.
  std::optional<std::string> answer;
  rpc::AttemptHistory attempts;
  std::string last_error;
  std::string last_log;  // the function's log lines of the last attempt
};
using PendingPointer = std::shared_ptr<PendingInvocation>;

std::string invocationKey(std::uint64_t id);
std::string queuePrefix(std::string_view function_name);
std::string dueKey(std::string_view function_name, const QueuePosition& position);
// The position in a key of kInvocationsDue.
QueuePosition positionOf(std::string_view due_key);
// The number of attempts in a value of kInvocationsDue.
std::uint64_t attemptsIn(std::string_view due_value);

// The value of kInvocationsDue.
std::string encodeState(const PendingInvocation& pending);
// When an invocation was put, by its value of kInvocations.
RunningTime enqueuedAt(std::string_view stored);
// Puts the invocation's unchanging row; `pending.position` is its first one. `owner`: the queue.
void putInvocation(Transaction& transaction, const PendingInvocation& pending, const rpc::MessageBody& payload,
                   const void* owner);
// Throws std::runtime_error if a part of it is missing.
PendingInvocation loadPending(const Reader& reader, std::string_view due_key, std::string_view due_value,
                              LoadedPayloads& payloads);
// Removes both rows and the payload.
void erasePending(Transaction& transaction, const PendingInvocation& pending);

}  // namespace ddblog::lambda
