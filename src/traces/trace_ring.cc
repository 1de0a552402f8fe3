#include "traces/trace_ring.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace ddblog::traces {

void TraceRing::add(const rpc::Span& span) { addPacked(pack(span)); }

void TraceRing::addAfterCommit(Transaction& transaction, const rpc::Span& span) {
  transaction.afterCommit([this, packed = pack(span)] { addPacked(packed); });
}

void TraceRing::addPacked(const PackedSpan& span) {
  MutexLock lock(mutex_);
  newest_.add(span);
  if (span.has_failed) keepFailed(span);
  if (span.is_attempt) keepSlowest(span);
  if (newest_.packedBytes() < limits_.chunk_bytes) return;
  sealed_.push_back(std::make_shared<const SpanChunk>(newest_.sealed()));
  sealed_spans_ += newest_.count();
  sealed_bytes_ += sealed_.back()->memory();
  newest_ = SpanChunk(lastNumber() + 1);
  while (sealed_.size() > 1 &&
         (sealed_spans_ - sealed_.front()->count() >= limits_.spans || sealed_bytes_ > limits_.bytes)) {
    dropOldest();
  }
}

std::uint64_t TraceRing::lastNumber() const { return newest_.first() + newest_.count() - 1; }

void TraceRing::dropOldest() {
  if (seeks_ways_) findWays();
  sealed_spans_ -= sealed_.front()->count();
  sealed_bytes_ -= sealed_.front()->memory();
  sealed_.pop_front();
}

TraceRing::Kept TraceRing::keep(const PackedSpan& span) {
  seeks_ways_ = true;
  Kept kept;
  kept.span = std::make_shared<const KeptSpan>(span.bytes, lastNumber());
  kept.bytes = kept.span->memory();
  return kept;
}

void TraceRing::keepFailed(const PackedSpan& span) {
  failed_.push_back(keep(span));
  failed_bytes_ += failed_.back().bytes;
  trimKept();
}

void TraceRing::keepSlowest(const PackedSpan& span) {
  const bool is_full = slowest_.size() >= limits_.slowest || slowest_bytes_ > limits_.slowest_bytes;
  if (is_full && (slowest_.empty() || span.duration <= slowest_.begin()->first)) return;
  slowest_bytes_ += slowest_.emplace(span.duration, keep(span))->second.bytes;
  trimKept();
}

void TraceRing::trimKept() {
  while (failed_.size() > limits_.failed || (failed_bytes_ > limits_.failed_bytes && failed_.size() > 1)) {
    failed_bytes_ -= failed_.front().bytes;
    failed_.pop_front();
  }
  while (slowest_.size() > limits_.slowest || (slowest_bytes_ > limits_.slowest_bytes && slowest_.size() > 1)) {
    slowest_bytes_ -= slowest_.begin()->second.bytes;
    slowest_.erase(slowest_.begin());
  }
}

// All kept spans look for their parents at once, then for the parents of these, and so on: so a chunk is
// opened once for each step, and not for each span.
void TraceRing::findWays() {
  seeks_ways_ = false;
  Seekers seekers;
  for (Kept& kept : failed_) beginToSeek(kept, seekers);
  for (auto& [duration, kept] : slowest_) beginToSeek(kept, seekers);
  for (std::size_t step = 0; step < kLongestWay && !seekers.empty(); ++step) {
    Seekers next;
    findParents(newest_, seekers, next);
    for (auto chunk = sealed_.rbegin(); chunk != sealed_.rend() && !seekers.empty(); ++chunk) {
      findParents(**chunk, seekers, next);
    }
    seekers = std::move(next);
  }
  failed_bytes_ = 0;
  slowest_bytes_ = 0;
  for (const Kept& kept : failed_) failed_bytes_ += kept.bytes;
  for (const auto& [duration, kept] : slowest_) slowest_bytes_ += kept.bytes;
  trimKept();
}

void TraceRing::beginToSeek(Kept& kept, Seekers& seekers) {
  if (std::exchange(kept.has_way, true)) return;
  seek(kept, openSpan(kept.span->bytes, kept.span->number)->span.parent, kept.span->number, seekers);
}

void TraceRing::seek(Kept& kept, std::string_view parent, std::uint64_t number, Seekers& seekers) {
  if (!parent.empty()) seekers.emplace(idHash(parent), Seeker{&kept, std::string(parent), number});
}

// Moves the seekers that find their parent in the chunk to `next`. The last span with an id counts.
void TraceRing::findParents(const SpanChunk& chunk, Seekers& seekers, Seekers& next) {
  const auto is_sought = [&seekers](std::uint32_t hash) { return seekers.contains(hash); };
  if (std::ranges::none_of(chunk.idHashes(), is_sought)) return;
  const std::vector<SpanPointer> spans = chunk.open();
  for (auto one = spans.rbegin(); one != spans.rend(); ++one) {
    const StoredSpan& parent = **one;
    KeptPointer kept_parent;
    auto [seeker, end] = seekers.equal_range(chunk.idHashes()[parent.number - chunk.first()]);
    while (seeker != end) {
      const auto [kept, id, number] = seeker->second;
      if (id != parent.span.id) {
        ++seeker;
        continue;
      }
      seeker = seekers.erase(seeker);
      if (number == parent.number) continue;  // it leads to itself
      if (!kept_parent) kept_parent = std::make_shared<const KeptSpan>(pack(parent.span).bytes, parent.number);
      kept->way.push_back(kept_parent);
      kept->bytes += kept_parent->memory();
      seek(*kept, parent.span.parent, parent.number, next);
    }
  }
}

std::vector<TraceRing::ChunkPointer> TraceRing::chunks() const {
  std::vector<ChunkPointer> chunks(sealed_.begin(), sealed_.end());
  chunks.push_back(std::make_shared<const SpanChunk>(newest_));
  return chunks;
}

std::vector<SpanPointer> TraceRing::spans() const {
  std::map<std::uint64_t, KeptPointer> kept_spans;
  std::vector<ChunkPointer> chunks;
  {
    MutexLock lock(mutex_);
    chunks = this->chunks();
    const std::uint64_t first = chunks.front()->first();
    const auto add = [&kept_spans, first](const Kept& kept) {
      if (kept.span->number < first) kept_spans.emplace(kept.span->number, kept.span);
      for (const KeptPointer& span : kept.way) {
        if (span->number < first) kept_spans.emplace(span->number, span);
      }
    };
    for (const Kept& kept : failed_) add(kept);
    for (const auto& [duration, kept] : slowest_) add(kept);
  }
  std::vector<SpanPointer> spans;
  for (const auto& [number, span] : kept_spans) spans.push_back(openSpan(span->bytes, number));
  for (const ChunkPointer& chunk : chunks) std::ranges::move(chunk->open(), std::back_inserter(spans));
  return spans;
}

std::vector<SpanPointer> TraceRing::newest(std::size_t most) const {
  std::vector<ChunkPointer> chunks;
  {
    MutexLock lock(mutex_);
    chunks = this->chunks();
  }
  std::vector<SpanPointer> found;
  for (auto chunk = chunks.rbegin(); chunk != chunks.rend() && found.size() < most; ++chunk) {
    const std::vector<SpanPointer> spans = (*chunk)->open();
    for (auto span = spans.rbegin(); span != spans.rend() && found.size() < most; ++span) {
      if ((*span)->span.kind == rpc::Span::Kind::kAttempt) found.push_back(*span);
    }
  }
  return found;
}

std::vector<SpanPointer> TraceRing::failed(std::size_t most) const {
  std::vector<SpanPointer> found;
  MutexLock lock(mutex_);
  for (auto kept = failed_.rbegin(); kept != failed_.rend() && found.size() < most; ++kept) {
    found.push_back(openSpan(kept->span->bytes, kept->span->number));
  }
  return found;
}

std::vector<SpanPointer> TraceRing::slowest(std::size_t most) const {
  std::vector<SpanPointer> found;
  MutexLock lock(mutex_);
  for (auto kept = slowest_.rbegin(); kept != slowest_.rend() && found.size() < most; ++kept) {
    found.push_back(openSpan(kept->second.span->bytes, kept->second.span->number));
  }
  return found;
}

std::size_t TraceRing::memory() const {
  MutexLock lock(mutex_);
  return newest_.memory() + sealed_bytes_ + failed_bytes_ + slowest_bytes_;
}

}  // namespace ddblog::traces
