// Records work that was given up: an asynchronous invocation, a stream's batch, a delivery to a target. The
// sender records it in the transaction that removes the work, so every failure is recorded exactly
// once, whether or not a destination took it.
//
//   environment.failures.record(transaction, {.kind = Failure::Kind::kInvocation, .source_arn = …, …});
//
// The history of the attempts is stored while the work waits for the next one, so it is small: the
// first attempt and the last ones, each with one line of its error. Format (numbers are big-endian):
//
//   number of attempts (4)  number of kept ones (1)
//   for each kept one: the time of day in ms since the epoch (8), length (4) and text of the error
//
// Thread safety: value types; record() is called on the writer thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "rpc/recipients.h"
#include "store/store.h"

namespace ddblog::rpc {

class AttemptHistory {
 public:
  static constexpr std::size_t kKept = 10;         // ours: the first one and the last nine
  static constexpr std::size_t kErrorBytes = 256;  // ours: of the line of an error

  struct Attempt {
    Timestamp at;  // when it ended
    std::string error;
  };

  AttemptHistory() = default;
  // `count` attempts, of which nothing else is known.
  explicit AttemptHistory(std::uint32_t count) : count_(count) {}

  // `error`: as the function or the recipient gave it; its first line is kept (errorLine).
  void add(Timestamp at, std::string_view error);
  std::uint32_t count() const { return count_; }
  const std::vector<Attempt>& kept() const { return kept_; }

  void append(std::string& out) const;
  // Throws std::runtime_error if the bytes are not what append() wrote.
  static AttemptHistory take(std::string_view& in);

 private:
  std::uint32_t count_ = 0;
  std::vector<Attempt> kept_;
};

// One line of UTF-8 for an error: "ValueError: no such user" for {"errorType", "errorMessage", …}, for
// any other text its first line. At most `most` bytes.
std::string errorLine(std::string_view error, std::size_t most = AttemptHistory::kErrorBytes);

struct Failure {
  enum class Kind : std::uint8_t {
    kInvocation = 1,  // an asynchronous invocation
    kBatch = 2,       // a batch of an event source mapping
    kDelivery = 3     // the delivery of an event to a rule's target
  };

  Kind kind = Kind::kInvocation;
  std::string source_arn;  // who gave up: the function, the mapping, the rule
  // What a redrive delivers once more: the body (the payload) to recipient_arn.
  Message message;
  std::string condition;  // AWS's word: "RetriesExhausted", "EventAgeExceeded", "RetryAttemptsExhausted" …
  std::string request_id;
  AttemptHistory attempts;
  std::string error;  // of the last attempt, as the function or the recipient gave it; empty: there was none
  std::string log;    // the function's log lines of the last attempt; not necessarily UTF-8
  std::vector<std::string> destinations;  // ARNs: those that took a record of it
};

class FailureRecorder {
 public:
  virtual ~FailureRecorder() = default;
  virtual void record(Transaction& transaction, const Failure& failure) = 0;
};

}  // namespace ddblog::rpc
