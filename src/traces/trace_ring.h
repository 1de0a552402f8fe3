// Keeps the spans of the last events (rpc/traces.h) in memory: the newest ones, and besides them the
// attempts that failed and the slowest ones, each with the spans that led to it.
//
//   newest    50,000 spans, 32 MiB; the oldest go first
//   failed    1,000 attempts or deliveries with up to 16 spans that led to each, 8 MiB; the oldest go first
//   slowest   100 attempts, likewise, 5 MiB; the fastest go first
//
// So it takes 45 MiB at most, and a few more for its index. Nothing is stored: a restart, a reset and a
// loaded snapshot begin with none.
//
// Thread safety: all methods may be called from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/thread_annotations.h"
#include "rpc/traces.h"

namespace ddblog::traces {

struct StoredSpan {
  rpc::Span span;
  std::uint64_t number = 0;  // in the order in which they came
  std::size_t bytes = 0;
};
using SpanPointer = std::shared_ptr<const StoredSpan>;

struct RingLimits {  // ours
  std::size_t spans = 50'000;
  std::size_t bytes = 32u << 20;
  std::size_t failed = 1'000;
  std::size_t failed_bytes = 8u << 20;
  std::size_t slowest = 100;
  std::size_t slowest_bytes = 5u << 20;
};

class TraceRing : public rpc::Traces {
 public:
  static constexpr std::size_t kLongestWay = 16;  // spans that led to a kept one

  explicit TraceRing(RingLimits limits = {}) : limits_(limits) {}

  void add(rpc::Span span) override;

  // All that there are, each once, in the order in which they came.
  std::vector<SpanPointer> spans() const;
  // The newest attempts, the newest ones that failed (deliveries and outcomes too), and the slowest, the
  // slowest first: at most `most`.
  std::vector<SpanPointer> newest(std::size_t most) const;
  std::vector<SpanPointer> failed(std::size_t most) const;
  std::vector<SpanPointer> slowest(std::size_t most) const;

 private:
  struct Kept {
    SpanPointer span;
    std::vector<SpanPointer> way;  // from its parent on
    std::size_t bytes = 0;
  };

  Kept keep(const SpanPointer& span) const REQUIRES(mutex_);
  void keepFailed(const SpanPointer& span) REQUIRES(mutex_);
  void keepSlowest(const SpanPointer& span) REQUIRES(mutex_);
  void dropOldest() REQUIRES(mutex_);

  const RingLimits limits_;
  mutable Mutex mutex_;
  std::uint64_t last_number_ GUARDED_BY(mutex_) = 0;
  std::deque<SpanPointer> newest_ GUARDED_BY(mutex_);
  std::size_t bytes_ GUARDED_BY(mutex_) = 0;
  std::unordered_map<std::string_view, SpanPointer> by_id_ GUARDED_BY(mutex_);  // of newest_, the last one with that id
  std::deque<Kept> failed_ GUARDED_BY(mutex_);
  std::size_t failed_bytes_ GUARDED_BY(mutex_) = 0;
  std::multimap<Duration, Kept> slowest_ GUARDED_BY(mutex_);
  std::size_t slowest_bytes_ GUARDED_BY(mutex_) = 0;
};

}  // namespace ddblog::traces
