// What the ring of spans keeps, and what it forgets.
#include "traces/trace_ring.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace ddblog::traces {
namespace {

using Kind = rpc::Span::Kind;

constexpr std::size_t kOneSpan = 1;  // RingLimits::chunk_bytes: each span is a chunk, and goes by itself

rpc::Span span(Kind kind, std::string_view id, std::string_view parent = {}) {
  return {.kind = kind, .id = id, .parent = parent};
}

rpc::Span attempt(std::string_view id, Duration duration, bool has_failed = false, std::string_view parent = {}) {
  rpc::Span made = span(Kind::kAttempt, id, parent);
  made.duration = duration;
  made.has_failed = has_failed;
  return made;
}

std::string idsOf(const std::vector<SpanPointer>& spans) {
  std::string ids;
  for (const SpanPointer& one : spans) ids += (ids.empty() ? "" : " ") + std::string(one->span.id);
  return ids;
}

// Bytes that cannot be compressed.
std::string noise(std::size_t size) {
  static std::minstd_rand random;
  std::string bytes;
  while (bytes.size() < size) bytes.push_back(static_cast<char>(random()));
  return bytes;
}

TEST(TraceRing, ForgetsTheOldestSpansFirst) {
  TraceRing ring({.spans = 3, .chunk_bytes = kOneSpan});
  for (const char* id : {"a", "b", "c", "d"}) ring.add(span(Kind::kEvent, id));
  EXPECT_EQ(idsOf(ring.spans()), "b c d");
}

TEST(TraceRing, KeepsWhatASpanSays) {
  for (const std::size_t chunk_bytes : {kOneSpan, std::size_t{64} << 10}) {
    TraceRing ring({.chunk_bytes = chunk_bytes});
    const std::vector<rpc::Span::Record> records = {{"position", std::string_view("order\0key", 9)}, {"", ""}};
    const std::string text(5'000, 'x');
    ring.add({.kind = Kind::kOutcome,
              .id = "id",
              .parent = "parent",
              .subject = "subject",
              .source = "source",
              .detail = text,
              .log = "log",
              .process = "process",
              .at = Timestamp(Duration(1'790'000'000'123)),
              .duration = Duration(-1),
              .number = 185,
              .has_failed = true,
              .is_replay = true,
              .records = records,
              .size = 1'000'000,
              .key = "key",
              .before = "before",
              .after = "after",
              .is_partial = true});
    ring.add({.kind = Kind::kBatch});
    const std::vector<SpanPointer> spans = ring.spans();
    ASSERT_EQ(spans.size(), 2u);
    const rpc::Span& span = spans[0]->span;
    EXPECT_EQ(span.kind, Kind::kOutcome);
    const std::vector<std::string_view> texts = {span.id,  span.parent,  span.subject, span.source, span.detail,
                                                 span.log, span.process, span.key,     span.before, span.after};
    EXPECT_EQ(texts, (std::vector<std::string_view>{"id", "parent", "subject", "source", text, "log", "process", "key",
                                                    "before", "after"}));
    EXPECT_EQ(span.at, Timestamp(Duration(1'790'000'000'123)));
    EXPECT_EQ(span.duration, Duration(-1));
    EXPECT_EQ(span.number, 185);
    EXPECT_EQ(span.size, 1'000'000u);
    EXPECT_TRUE(span.has_failed && span.is_replay && span.is_partial);
    ASSERT_EQ(span.records.size(), 2u);
    EXPECT_EQ(span.records[0].position, "position");
    EXPECT_EQ(span.records[0].order_key, std::string_view("order\0key", 9));
    const rpc::Span& empty = spans[1]->span;
    EXPECT_EQ(empty.kind, Kind::kBatch);
    EXPECT_FALSE(empty.has_failed || empty.is_replay || empty.is_partial);
    EXPECT_TRUE(empty.id.empty() && empty.after.empty() && empty.records.empty());
  }
}

TEST(TraceRing, KeepsNoMoreBytesThanItMay) {
  TraceRing ring({.bytes = 20'000, .chunk_bytes = 1'000});
  for (int i = 0; i < 1'000; ++i) ring.add(span(Kind::kEvent, noise(200)));
  EXPECT_LE(ring.memory(), 20'000u + 2'000u);
  EXPECT_GE(ring.spans().size(), 60u);
  const std::string text = noise(100'000);
  rpc::Span large = span(Kind::kEvent, "large");
  large.detail = text;
  ring.add(large);
  EXPECT_EQ(idsOf(ring.spans()), "large");
}

TEST(TraceRing, TakesFewBytesForAUsualSpan) {
  TraceRing ring;
  constexpr int kEvents = 10'000;
  std::minstd_rand random;
  const auto digits = [&random] {
    std::string made(32, '0');
    for (char& digit : made) digit = "0123456789abcdef"[random() % 16];
    return made;
  };
  for (int i = 0; i < kEvents; ++i) {
    const std::string event = "#" + std::to_string(2 * i);
    const std::string delivery = "#" + std::to_string(2 * i + 1);
    const std::string event_id = digits();
    const std::string request = digits();
    const std::string root = digits();
    const std::string text = R"({"version":"0","id":")" + event_id +
                             R"(","detail-type":"signup","source":"users","account":"000000000000","time":)"
                             R"("2026-01-01T00:00:00Z","region":"us-east-1","resources":[],"detail":{"log":"users",)"
                             R"("type":"signup","payload":{"id":")" +
                             digits().substr(0, 20) + R"(","name":"Ada","email":"ada@localhost"}}})";
    ring.add({.kind = Kind::kEvent,
              .id = event,
              .parent = "1-trigger",
              .subject = "bus",
              .source = event_id,
              .detail = text});
    ring.add({.kind = Kind::kDelivery,
              .id = delivery,
              .parent = event,
              .subject = "arn:aws:lambda:us-east-1:000000000000:function:users",
              .source = "arn:aws:events:us-east-1:000000000000:rule/bus/users"});
    ring.add({.kind = Kind::kInvocation, .id = request, .parent = delivery, .subject = "users"});
    ring.add({.kind = Kind::kWrite, .parent = root, .subject = "local-core", .key = event_id, .after = text});
    ring.add({.kind = Kind::kAttempt, .id = root, .parent = request, .subject = "users", .source = request});
  }
  EXPECT_EQ(ring.spans().size(), 5u * kEvents);
  EXPECT_LE(ring.memory() / (5 * kEvents), 100u) << "bytes a span";
}

TEST(TraceRing, KeepsWhatFailedWithWhatLedToIt) {
  TraceRing ring({.spans = 3, .chunk_bytes = kOneSpan, .slowest = 0});
  ring.add(span(Kind::kEvent, "event", "nobody knows"));
  ring.add(span(Kind::kInvocation, "request", "event"));
  ring.add(attempt("failed", Duration(1), true, "request"));
  for (const char* id : {"1", "2", "3", "4", "5", "6", "7", "8", "9"}) ring.add(attempt(id, Duration(1)));
  EXPECT_EQ(idsOf(ring.spans()), "event request failed 7 8 9");
  EXPECT_EQ(idsOf(ring.failed(10)), "failed");
}

TEST(TraceRing, KeepsWhatLedToItAcrossChunksAndIfItEndedLater) {
  TraceRing ring({.spans = 20, .chunk_bytes = 100, .slowest = 0});
  ring.add(span(Kind::kBatch, "batch"));
  for (int i = 0; i < 3; ++i) {
    const std::string number = std::to_string(i);
    ring.add(span(Kind::kEvent, "event" + number, "trigger"));
    ring.add(attempt("failed" + number, Duration(1), true, "event" + number));
  }
  ring.add(attempt("trigger", Duration(1), false, "batch"));
  for (int i = 0; i < 1'000; ++i) ring.add(span(Kind::kWrite, {}, "another"));
  std::string ids = idsOf(ring.spans());
  ids.erase(ids.find_last_not_of(' ') + 1);
  EXPECT_EQ(ids, "batch event0 failed0 event1 failed1 event2 failed2 trigger");
}

TEST(TraceRing, KeepsTheNewestFailuresOnly) {
  TraceRing ring({.spans = 1, .chunk_bytes = kOneSpan, .failed = 2, .slowest = 0});
  for (const char* id : {"a", "b", "c"}) ring.add(attempt(id, Duration(1), true));
  EXPECT_EQ(idsOf(ring.failed(10)), "c b");
  EXPECT_EQ(idsOf(ring.failed(1)), "c");
  EXPECT_EQ(idsOf(ring.spans()), "b c");
  TraceRing small({.failed = 100, .failed_bytes = 1, .slowest = 0});
  for (const char* id : {"a", "b"}) small.add(attempt(id, Duration(1), true));
  EXPECT_EQ(idsOf(small.failed(10)), "b");
}

TEST(TraceRing, KeepsTheSlowestAttempts) {
  TraceRing ring({.spans = 1, .chunk_bytes = kOneSpan, .slowest = 2});
  for (const int ms : {5, 900, 7, 300, 8}) ring.add(attempt(std::to_string(ms), Duration(ms)));
  EXPECT_EQ(idsOf(ring.slowest(10)), "900 300");
  EXPECT_EQ(idsOf(ring.spans()), "900 300 8");
}

TEST(TraceRing, KeepsNoMoreBytesOfTheSlowestThanItMay) {
  TraceRing ring({.spans = 1, .slowest_bytes = 3'500});
  for (int ms = 1; ms <= 9; ++ms) ring.add(attempt(std::string(999, 'x') + std::to_string(ms), Duration(ms)));
  std::string kept;
  for (const SpanPointer& one : ring.slowest(10)) kept += one->span.id.back();
  EXPECT_EQ(kept, "987");
  for (int i = 0; i < 3; ++i) ring.add(attempt(std::string(999, 'x') + "0", Duration(1)));
  EXPECT_EQ(ring.slowest(10).size(), 3u);
}

TEST(TraceRing, CountsTheWaysOfWhatItKeeps) {
  TraceRing ring({.spans = 10, .chunk_bytes = 100, .failed_bytes = 5'000, .slowest = 0});
  const std::string text = noise(2'000);
  for (int i = 0; i < 9; ++i) {
    const std::string number = std::to_string(i);
    const std::string id = "event" + number;
    rpc::Span event = span(Kind::kEvent, id);
    event.detail = text;
    ring.add(event);
    ring.add(attempt(number, Duration(1), true, id));
    for (int j = 0; j < 100; ++j) ring.add(span(Kind::kWrite, {}, "another"));
  }
  EXPECT_EQ(idsOf(ring.failed(10)), "8 7");
}

TEST(TraceRing, ListsTheNewestAttempts) {
  TraceRing ring({.chunk_bytes = 20});
  ring.add(attempt("a", Duration(1)));
  ring.add(span(Kind::kWrite, {}, "a"));
  ring.add(attempt("b", Duration(1)));
  ring.add(attempt("c", Duration(1)));
  EXPECT_EQ(idsOf(ring.newest(10)), "c b a");
  EXPECT_EQ(idsOf(ring.newest(2)), "c b");
}

TEST(TraceRing, FollowsAWayThatLeadsBackOnce) {
  TraceRing ring({.spans = 1, .chunk_bytes = kOneSpan, .slowest = 0});
  ring.add(attempt("itself", Duration(1), true, "itself"));
  ring.add(attempt("a", Duration(1), true, "b"));
  ring.add(attempt("b", Duration(1), true, "a"));
  ring.add(attempt("c", Duration(1)));
  EXPECT_EQ(idsOf(ring.spans()), "itself a b c");
}

}  // namespace
}  // namespace ddblog::traces
