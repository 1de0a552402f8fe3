#include "traces/trace_ring.h"

#include <algorithm>
#include <utility>

namespace ddblog::traces {

namespace {

std::size_t bytesOf(const rpc::Span& span) {
  std::size_t bytes = sizeof(StoredSpan);
  for (const std::string* text : {&span.id, &span.parent, &span.subject, &span.source, &span.detail, &span.log,
                                  &span.process, &span.key, &span.before, &span.after}) {
    bytes += text->size();
  }
  for (const rpc::Span::Record& record : span.records) {
    bytes += sizeof(record) + record.position.size() + record.order_key.size();
  }
  return bytes;
}

}  // namespace

void TraceRing::add(rpc::Span span) {
  auto stored = std::make_shared<StoredSpan>();
  stored->span = std::move(span);
  stored->bytes = bytesOf(stored->span);
  MutexLock lock(mutex_);
  stored->number = ++last_number_;
  const SpanPointer added = std::move(stored);
  newest_.push_back(added);
  bytes_ += added->bytes;
  if (!added->span.id.empty()) {  // the key must be a part of the value
    by_id_.erase(added->span.id);
    by_id_.emplace(added->span.id, added);
  }
  if (added->span.has_failed) keepFailed(added);
  if (added->span.kind == rpc::Span::Kind::kAttempt) keepSlowest(added);
  while (newest_.size() > limits_.spans || (bytes_ > limits_.bytes && newest_.size() > 1)) dropOldest();
}

void TraceRing::dropOldest() {
  const SpanPointer& oldest = newest_.front();
  bytes_ -= oldest->bytes;
  const auto found = by_id_.find(oldest->span.id);
  if (found != by_id_.end() && found->second == oldest) by_id_.erase(found);
  newest_.pop_front();
}

TraceRing::Kept TraceRing::keep(const SpanPointer& span) const {
  Kept kept{span, {}, span->bytes};
  for (const SpanPointer* at = &span; kept.way.size() < kLongestWay;) {
    const auto found = by_id_.find((*at)->span.parent);
    if (found == by_id_.end() || found->second == *at) break;
    kept.way.push_back(found->second);
    kept.bytes += found->second->bytes;
    at = &found->second;
  }
  return kept;
}

void TraceRing::keepFailed(const SpanPointer& span) {
  failed_.push_back(keep(span));
  failed_bytes_ += failed_.back().bytes;
  while (failed_.size() > limits_.failed || (failed_bytes_ > limits_.failed_bytes && failed_.size() > 1)) {
    failed_bytes_ -= failed_.front().bytes;
    failed_.pop_front();
  }
}

void TraceRing::keepSlowest(const SpanPointer& span) {
  const Duration duration = span->span.duration;
  const bool is_full = slowest_.size() >= limits_.slowest || slowest_bytes_ > limits_.slowest_bytes;
  if (is_full && (slowest_.empty() || duration <= slowest_.begin()->first)) return;
  slowest_bytes_ += slowest_.emplace(duration, keep(span))->second.bytes;
  while (slowest_.size() > limits_.slowest || (slowest_bytes_ > limits_.slowest_bytes && slowest_.size() > 1)) {
    slowest_bytes_ -= slowest_.begin()->second.bytes;
    slowest_.erase(slowest_.begin());
  }
}

std::vector<SpanPointer> TraceRing::spans() const {
  std::vector<SpanPointer> spans;
  {
    MutexLock lock(mutex_);
    spans.assign(newest_.begin(), newest_.end());
    const auto addKept = [&spans](const Kept& kept) {
      spans.push_back(kept.span);
      spans.insert(spans.end(), kept.way.begin(), kept.way.end());
    };
    for (const Kept& kept : failed_) addKept(kept);
    for (const auto& [duration, kept] : slowest_) addKept(kept);
  }
  std::ranges::sort(spans, {}, &StoredSpan::number);
  spans.erase(std::unique(spans.begin(), spans.end()), spans.end());
  return spans;
}

std::vector<SpanPointer> TraceRing::newest(std::size_t most) const {
  std::vector<SpanPointer> found;
  MutexLock lock(mutex_);
  for (auto span = newest_.rbegin(); span != newest_.rend() && found.size() < most; ++span) {
    if ((*span)->span.kind == rpc::Span::Kind::kAttempt) found.push_back(*span);
  }
  return found;
}

std::vector<SpanPointer> TraceRing::failed(std::size_t most) const {
  std::vector<SpanPointer> found;
  MutexLock lock(mutex_);
  for (auto kept = failed_.rbegin(); kept != failed_.rend() && found.size() < most; ++kept) {
    found.push_back(kept->span);
  }
  return found;
}

std::vector<SpanPointer> TraceRing::slowest(std::size_t most) const {
  std::vector<SpanPointer> found;
  MutexLock lock(mutex_);
  for (auto kept = slowest_.rbegin(); kept != slowest_.rend() && found.size() < most; ++kept) {
    found.push_back(kept->second.span);
  }
  return found;
}

}  // namespace ddblog::traces
