// Keeps the failures: what was given up, where, why, with which payload, and what the function
// printed. Implements rpc::FailureRecorder in the store.
//
//   kFailures 1 <number>   the summary, which lists are made of
//   kFailures 2 <number>   the details and the payload, written once
//   kFailures 3            how many failures there are (8), the bytes of their details (8), a number that
//                          is not greater than the oldest one (8), the next number (8)
//
// Numbers are big-endian, texts have a 4-byte length in front; a list has its length (4) in front.
//
//   summary   kind (1), recorded at: time of day (8) and running time (8), attempts (4), bytes of the
//             details (4), bytes of the payload (4), how often delivered once more (4) and when last (8),
//             texts: source, place, condition, request id, line of the error; list of destinations
//   details   history of the attempts (rpc/failures.h); texts: error, log, group id, sender's service,
//             sender's ARN; whether there is an envelope (1) and if so its source, detail-type and list
//             of resources; number of attributes (4), their names and values; the payload
//
// The number of failures, the bytes of their details and their age are bounded (Limits). The oldest go
// first, in the transaction that records another one. Until then, those that are too old are not shown.
// Their age is of running time (base/clock.h). The counts are stored, so nothing is scanned for them. A
// search for the oldest failure begins at the stored number, so it walks over no deleted keys.
//
// Thread safety: writing happens on the writer thread; reading on any.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "rpc/failures.h"
#include "store/store.h"

namespace ddblog::offline {

struct FailureSummary {
  std::uint64_t number = 0;
  rpc::Failure::Kind kind = rpc::Failure::Kind::kInvocation;
  Timestamp recorded_at;
  RunningTime recorded_in;
  std::uint32_t attempts = 0;
  std::uint32_t detail_bytes = 0;
  std::uint32_t payload_bytes = 0;
  std::uint32_t redrives = 0;  // how often it was delivered once more
  Timestamp redriven_at;       // the last time; meaningless without one
  std::string source_arn;
  std::string place_arn;
  std::string condition;
  std::string request_id;
  std::string error_line;
  std::vector<std::string> destinations;
};

class FailureStore : public rpc::FailureRecorder {
 public:
  struct Limits {  // all ours
    std::uint64_t failures = 10'000;
    std::uint64_t bytes = 256u << 20;  // of details and payloads
    Duration age = std::chrono::days(14);
    std::size_t error_bytes = 64u << 10;  // of one error; the rest is cut off
    std::size_t removed_at_once = 2'000;  // in one transaction, of those that are too old
  };

  explicit FailureStore(Clock& clock) : FailureStore(clock, Limits()) {}
  FailureStore(Clock& clock, const Limits& limits) : clock_(clock), limits_(limits) {}

  void record(Transaction& transaction, const rpc::Failure& failure) override;

  struct Filter {
    std::optional<rpc::Failure::Kind> kind;
    std::string function;  // the name of the function that failed or was to be invoked; empty: any
  };
  struct Page {
    std::vector<FailureSummary> failures;  // newest first
    std::optional<std::uint64_t> next;     // `before` of the next page; std::nullopt: this is the last one
  };
  // At most `limit` failures with smaller numbers than `before`. Looks at 1,000 at most, so a page may
  // have fewer although there are more.
  Page list(const Reader& reader, const Filter& filter, std::optional<std::uint64_t> before, std::size_t limit) const;

  // How many failures there are, without those that are too old, which it looks at one by one.
  std::uint64_t count(const Reader& reader) const;
  // std::nullopt: there is none with this number, or it is too old.
  std::optional<FailureSummary> find(const Reader& reader, std::uint64_t number) const;
  // The whole failure. Throws std::runtime_error if the details are missing.
  rpc::Failure load(const Reader& reader, const FailureSummary& summary) const;

  // Notes that it is delivered once more now.
  void noteRedriven(Transaction& transaction, FailureSummary& summary) const;
  void erase(Transaction& transaction, const FailureSummary& summary) const;
  // Returns how many there were.
  std::uint64_t eraseAll(Transaction& transaction) const;

 private:
  bool isTooOld(const FailureSummary& summary) const;

  Clock& clock_;
  const Limits limits_;
};

// The name of the function in an ARN, without a qualifier; empty: not a function's ARN.
std::string functionNameOf(std::string_view arn);

}  // namespace ddblog::offline
