// What the ring of spans keeps, and what it forgets.
#include "traces/trace_ring.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ddblog::traces {
namespace {

using Kind = rpc::Span::Kind;

rpc::Span span(Kind kind, const std::string& id, const std::string& parent = {}) {
  rpc::Span made;
  made.kind = kind;
  made.id = id;
  made.parent = parent;
  return made;
}

rpc::Span attempt(const std::string& id, Duration duration, bool has_failed = false, const std::string& parent = {}) {
  rpc::Span made = span(Kind::kAttempt, id, parent);
  made.duration = duration;
  made.has_failed = has_failed;
  return made;
}

std::string idsOf(const std::vector<SpanPointer>& spans) {
  std::string ids;
  for (const SpanPointer& one : spans) ids += (ids.empty() ? "" : " ") + one->span.id;
  return ids;
}

TEST(TraceRing, ForgetsTheOldestSpansFirst) {
  TraceRing ring({.spans = 3});
  for (const char* id : {"a", "b", "c", "d"}) ring.add(span(Kind::kEvent, id));
  EXPECT_EQ(idsOf(ring.spans()), "b c d");
}

TEST(TraceRing, KeepsNoMoreBytesThanItMay) {
  TraceRing ring({.bytes = 4 * (sizeof(StoredSpan) + 100)});
  for (int i = 0; i < 100; ++i) ring.add(span(Kind::kEvent, std::string(99, 'x') + std::to_string(i % 10)));
  EXPECT_EQ(ring.spans().size(), 4u);
  rpc::Span large = span(Kind::kEvent, "large");
  large.detail = std::string(1u << 20, 'x');
  ring.add(std::move(large));
  EXPECT_EQ(idsOf(ring.spans()), "large");
}

TEST(TraceRing, KeepsWhatFailedWithWhatLedToIt) {
  TraceRing ring({.spans = 3, .slowest = 0});
  ring.add(span(Kind::kEvent, "event", "nobody knows"));
  ring.add(span(Kind::kInvocation, "request", "event"));
  ring.add(attempt("failed", Duration(1), true, "request"));
  for (int i = 0; i < 10; ++i) ring.add(attempt("later" + std::to_string(i), Duration(1)));
  EXPECT_EQ(idsOf(ring.spans()), "event request failed later7 later8 later9");
  EXPECT_EQ(idsOf(ring.failed(10)), "failed");
}

TEST(TraceRing, KeepsTheNewestFailuresOnly) {
  TraceRing ring({.spans = 1, .failed = 2, .slowest = 0});
  for (const char* id : {"a", "b", "c"}) ring.add(attempt(id, Duration(1), true));
  EXPECT_EQ(idsOf(ring.failed(10)), "c b");
  EXPECT_EQ(idsOf(ring.failed(1)), "c");
  EXPECT_EQ(idsOf(ring.spans()), "b c");
  TraceRing small({.failed = 100, .failed_bytes = 1, .slowest = 0});
  for (const char* id : {"a", "b"}) small.add(attempt(id, Duration(1), true));
  EXPECT_EQ(idsOf(small.failed(10)), "b");
}

TEST(TraceRing, KeepsTheSlowestAttempts) {
  TraceRing ring({.spans = 1, .slowest = 2});
  for (const int ms : {5, 900, 7, 300, 8}) ring.add(attempt(std::to_string(ms), Duration(ms)));
  EXPECT_EQ(idsOf(ring.slowest(10)), "900 300");
  EXPECT_EQ(idsOf(ring.spans()), "900 300 8");
}

TEST(TraceRing, KeepsNoMoreBytesOfTheSlowestThanItMay) {
  TraceRing ring({.spans = 1, .slowest_bytes = 3 * (sizeof(StoredSpan) + 100)});
  for (int ms = 1; ms <= 9; ++ms) ring.add(attempt(std::string(99, 'x') + std::to_string(ms), Duration(ms)));
  std::string kept;
  for (const SpanPointer& one : ring.slowest(10)) kept += one->span.id.back();
  EXPECT_EQ(kept, "987");
  for (int i = 0; i < 3; ++i) ring.add(attempt(std::string(99, 'x') + "0", Duration(1)));
  EXPECT_EQ(ring.slowest(10).size(), 3u);
}

TEST(TraceRing, ListsTheNewestAttempts) {
  TraceRing ring;
  ring.add(attempt("a", Duration(1)));
  ring.add(span(Kind::kWrite, {}, "a"));
  ring.add(attempt("b", Duration(1)));
  EXPECT_EQ(idsOf(ring.newest(10)), "b a");
}

TEST(TraceRing, FollowsAWayThatLeadsBackOnce) {
  TraceRing ring({.spans = 1, .slowest = 0});
  ring.add(attempt("itself", Duration(1), true, "itself"));
  EXPECT_EQ(idsOf(ring.spans()), "itself");
}

}  // namespace
}  // namespace ddblog::traces
