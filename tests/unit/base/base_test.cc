#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "base/base64.h"
#include "base/clock.h"
#include "base/ids.h"
#include "base/json.h"
#include "base/json_writer.h"

namespace ddblog {
namespace {

using std::chrono::hours;

TEST(Clock, StandsStillWhenFrozenUntilItIsMoved) {
  AdjustableClock clock(AdjustableClock::Start::kFrozen);
  const Timestamp start = clock.now();
  clock.move(hours(1));
  EXPECT_EQ(clock.now() - start, hours(1));
}

TEST(Clock, WakesWhoeverWaitsForATimeThatItIsMovedPast) {
  AdjustableClock clock(AdjustableClock::Start::kFrozen);
  const RunningTime deadline = clock.runningTime() + hours(1);
  Mutex mutex;
  CondVar condition;
  std::thread waiter([&] {
    MutexLock lock(mutex);
    while (clock.runningTime() < deadline) clock.wait(lock, condition, deadline);
  });
  clock.move(hours(2));
  waiter.join();
}

TEST(Clock, AWaiterIsWokenByItsConditionToo) {
  AdjustableClock clock(AdjustableClock::Start::kFrozen);
  Mutex mutex;
  CondVar condition;
  bool ready = false;
  std::thread waiter([&] {
    MutexLock lock(mutex);
    while (!ready) clock.wait(lock, condition, RunningTime::max());
  });
  {
    MutexLock lock(mutex);
    ready = true;
  }
  condition.notifyAll();
  waiter.join();
}

TEST(Iso8601, IsReadAndWritten) {
  const Timestamp time = fromIso8601("2026-01-01T00:00:00Z");
  EXPECT_EQ(time.time_since_epoch().count(), 1'767'225'600'000);
  EXPECT_EQ(toIso8601(time + Duration(7), true), "2026-01-01T00:00:00.007Z");
  EXPECT_EQ(toIso8601(time, false), "2026-01-01T00:00:00Z");
  EXPECT_EQ(toIso8601(Timestamp(Duration(-1)), true), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(toIso8601(Timestamp(std::chrono::seconds(253'402'300'799)), false), "9999-12-31T23:59:59Z");
  EXPECT_EQ(fromIso8601("2026-01-01T02:30:00.25+02:30"), time + Duration(250));
  EXPECT_EQ(fromIso8601("2026-01-01"), time);
}

TEST(Iso8601, RefusesWhatIsNoTime) {
  for (const char* text : {"", "yesterday", "2026-13-01", "2026-02-30", "2026-01-01T25:00:00Z", "2026-01-01T00:00:00",
                           "2026-01-01T00:00:00Zx", "-026-01-01", "2026-01-01T00:00:00.Z"}) {
    EXPECT_THROW(fromIso8601(text), std::invalid_argument) << text;
  }
}

TEST(Base64, GoesBothWays) {
  for (const std::string bytes : {"", "f", "fo", "foo", "foob", "fooba", "foobar"}) {
    EXPECT_EQ(fromBase64(toBase64(bytes)), bytes);
  }
  EXPECT_EQ(toBase64("foob"), "Zm9vYg==");
  for (const char* text : {"a", "ab", "abc", "a===", "====", "ab=c", "Zm9v YmE=", "Zm9\xff"}) {
    EXPECT_EQ(fromBase64(text), std::nullopt) << text;
  }
}

TEST(JsonWriter, PutsCommasWhereTheyBelongAndEscapes) {
  std::string out;
  JsonWriter(out)
      .beginObject()
      .key("a\"")
      .value("x\n\x01")
      .key("list")
      .beginArray()
      .value(1)
      .value(true)
      .null()
      .beginObject()
      .endObject()
      .endArray()
      .key("raw")
      .raw("1.0")
      .key("time")
      .value(1767225600.5)
      .endObject();
  EXPECT_EQ(out, R"({"a\"":"x\n\u0001","list":[1,true,null,{}],"raw":1.0,"time":1767225600.5})");
}

TEST(Json, RefusesWhatIsNoJsonAndWhatIsTooDeep) {
  for (const char* text : {"", "{", "{\"a\":}", "nul", "[1,]", "{} {}", "\"\xff\""}) {
    EXPECT_THROW(parseJson(text), std::invalid_argument) << text;
  }
  EXPECT_THROW(parseJson(std::string(100'000, '[')), std::invalid_argument);
}

TEST(Json, TellsAnObjectFromTheRest) {
  EXPECT_TRUE(isJsonObject(R"({"a": [1.0, {"b": null}]})"));
  for (const char* text : {"[]", "1", "\"{}\"", "{", "{}x", ""}) EXPECT_FALSE(isJsonObject(text)) << text;
}

TEST(Ids, AreVersion4AndDiffer) {
  Ids ids(1);
  const std::string id = ids.uuid();
  EXPECT_EQ(id.size(), 36u);
  EXPECT_EQ(id[14], '4');
  EXPECT_NE(id, ids.uuid());
  EXPECT_EQ(ids.requestId().size(), 52u);
}

}  // namespace
}  // namespace ddblog
