// Keeps the spans of the last events (rpc/traces.h) in memory: the newest ones, and besides them the
// attempts that failed and the slowest ones, each with the spans that led to it.
//
//   newest    50,000 spans, 16 MiB; the oldest go first, a chunk at a time (span_chunk.h)
//   failed    1,000 attempts or deliveries with up to 16 spans that led to each, 8 MiB; the oldest go first
//   slowest   100 attempts, likewise, 5 MiB; the fastest go first
//
// So it takes 29 MiB at most. The newest spans of a usual application take about 5 MiB. Nothing is
// stored: a restart, a reset and a loaded snapshot begin with none.
//
// A span costs little when it comes: it is packed into bytes, and bytes are compressed by the chunk. What
// led to a kept span is looked up only before the oldest chunk goes.
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
#include <utility>
#include <vector>

#include "base/thread_annotations.h"
#include "rpc/traces.h"
#include "traces/span_chunk.h"

namespace ddblog::traces {

struct RingLimits {            // ours
  std::size_t spans = 50'000;  // so many are there at least, and a chunk's more at most
  std::size_t bytes = 16u << 20;
  std::size_t chunk_bytes = 64u << 10;  // before they are compressed
  std::size_t failed = 1'000;
  std::size_t failed_bytes = 8u << 20;
  std::size_t slowest = 100;
  std::size_t slowest_bytes = 5u << 20;
};

class TraceRing : public rpc::Traces {
 public:
  static constexpr std::size_t kLongestWay = 16;  // spans that led to a kept one

  explicit TraceRing(RingLimits limits = {}) : limits_(limits) {}

  void add(const rpc::Span& span) override;
  void addAfterCommit(Transaction& transaction, const rpc::Span& span) override;

  // All that there are, each once, in the order in which they came.
  std::vector<SpanPointer> spans() const;
  // The newest attempts, the newest ones that failed (deliveries and outcomes too), and the slowest, the
  // slowest first: at most `most`.
  std::vector<SpanPointer> newest(std::size_t most) const;
  std::vector<SpanPointer> failed(std::size_t most) const;
  std::vector<SpanPointer> slowest(std::size_t most) const;

  // Bytes.
  std::size_t memory() const;

 private:
  using ChunkPointer = std::shared_ptr<const SpanChunk>;
  struct KeptSpan {
    KeptSpan(std::string bytes, std::uint64_t number) : bytes(std::move(bytes)), number(number) {}
    std::size_t memory() const { return sizeof(*this) + bytes.capacity(); }

    std::string bytes;  // of PackedSpan
    std::uint64_t number;
  };
  using KeptPointer = std::shared_ptr<const KeptSpan>;
  struct Kept {
    KeptPointer span;
    bool has_way = false;          // `way` is complete
    std::vector<KeptPointer> way;  // from its parent on
    std::size_t bytes = 0;
  };
  // Whose parent is to be found.
  struct Seeker {
    Kept* kept;
    std::string parent;
    std::uint64_t number;  // of the span whose parent it is
  };
  using Seekers = std::unordered_multimap<std::uint32_t, Seeker>;  // by idHash of the parent

  void addPacked(const PackedSpan& span);
  std::uint64_t lastNumber() const REQUIRES(mutex_);
  Kept keep(const PackedSpan& span) REQUIRES(mutex_);  // the last one that was added
  void keepFailed(const PackedSpan& span) REQUIRES(mutex_);
  void keepSlowest(const PackedSpan& span) REQUIRES(mutex_);
  void trimKept() REQUIRES(mutex_);
  void dropOldest() REQUIRES(mutex_);
  void findWays() REQUIRES(mutex_);
  std::vector<ChunkPointer> chunks() const REQUIRES(mutex_);  // the newest last
  static void beginToSeek(Kept& kept, Seekers& seekers);
  static void seek(Kept& kept, std::string_view parent, std::uint64_t number, Seekers& seekers);
  static void findParents(const SpanChunk& chunk, Seekers& seekers, Seekers& next);

  const RingLimits limits_;
  mutable Mutex mutex_;
  SpanChunk newest_ GUARDED_BY(mutex_) = SpanChunk(1);
  std::deque<ChunkPointer> sealed_ GUARDED_BY(mutex_);
  std::size_t sealed_spans_ GUARDED_BY(mutex_) = 0;
  std::size_t sealed_bytes_ GUARDED_BY(mutex_) = 0;
  std::deque<Kept> failed_ GUARDED_BY(mutex_);
  std::size_t failed_bytes_ GUARDED_BY(mutex_) = 0;
  std::multimap<Duration, Kept> slowest_ GUARDED_BY(mutex_);
  std::size_t slowest_bytes_ GUARDED_BY(mutex_) = 0;
  bool seeks_ways_ GUARDED_BY(mutex_) = false;  // something was kept since findWays()
};

}  // namespace ddblog::traces
