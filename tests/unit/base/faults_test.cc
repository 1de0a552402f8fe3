// Which faults are injected: as often as the settings say, and the same again with the same seed.
#include "base/faults.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>
#include <thread>
#include <vector>

namespace ddblog {
namespace {

using testing::HasSubstr;

FaultSettings settings(const std::string& text) {
  Ids ids(1);
  return parseFaults(text, ids);
}

std::string refusal(const std::string& text) {
  try {
    settings(text);
    return "";
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
}

// The events of 0 … 999 that are hit, asked for in this order.
std::vector<int> hit(const std::string& text, const std::vector<int>& order) {
  Faults faults(settings(text));
  std::vector<int> found;
  for (const int i : order) {
    if (faults.strike(Fault::kDuplicate, "event " + std::to_string(i))) found.push_back(i);
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::vector<int> upTo(int end) {
  std::vector<int> numbers;
  for (int i = 0; i < end; ++i) numbers.push_back(i);
  return numbers;
}

TEST(FaultSettings, AreReadAndWritten) {
  const FaultSettings read = settings("seed=7,duplicate=0.1, reorder=1,crash-function=0.05,slow=0");
  EXPECT_EQ(read.seed, 7u);
  EXPECT_EQ(read.rate(Fault::kDuplicate), 0.1);
  EXPECT_EQ(read.rate(Fault::kReorder), 1);
  EXPECT_EQ(read.rate(Fault::kThrottle), 0);
  EXPECT_EQ(toString(read), "seed=7,duplicate=0.1,reorder=1,crash-function=0.05");
  EXPECT_EQ(toString(settings(toString(read))), toString(read));
}

TEST(FaultSettings, DrawASeedThatRepeatsThem) {
  Ids ids(1);
  const FaultSettings first = parseFaults("throttle=0.5", ids);
  const FaultSettings second = parseFaults("throttle=0.5", ids);
  EXPECT_NE(first.seed, second.seed);
  EXPECT_EQ(settings(toString(first)).seed, first.seed);
}

TEST(FaultSettings, RefuseNonsenseInOneLine) {
  EXPECT_THAT(refusal("duplicates=0.1"), HasSubstr("'duplicates=0.1' is not one of seed, duplicate, reorder"));
  EXPECT_EQ(refusal("slow=0.1,slow=0.9"), "'slow=0.9' is a second rate of slow");
  EXPECT_EQ(refusal("seed=7"), "the seed alone injects nothing: name a fault too, like duplicate=0.1");
  for (const char* text :
       {"", ",", "duplicate", "duplicate=", "slow=1.1", "slow=-0.1", "slow=often", "slow=nan", "seed=", "seed=-1",
        "seed=1.5", "slow=0.1,,reorder=0.1", "slow=0.1,", "slow=0.1,slow=0.9", "seed=1,slow=0.1,seed=1", "seed=7"}) {
    EXPECT_NE(refusal(text), "") << text;
    EXPECT_EQ(refusal(text).find('\n'), std::string::npos) << text;
  }
}

TEST(Faults, StrikeAlwaysAtOneAndNeverAtZero) {
  Faults faults(settings("seed=7,duplicate=1,slow=0"));
  for (int i = 0; i < 100; ++i) {
    const auto strike = faults.strike(Fault::kDuplicate, std::to_string(i % 10));
    ASSERT_TRUE(strike);
    EXPECT_TRUE(*strike >= 0 && *strike < 1) << *strike;
    EXPECT_FALSE(faults.strike(Fault::kSlow, std::to_string(i)));
    EXPECT_FALSE(faults.strike(Fault::kThrottle, std::to_string(i)));
  }
  EXPECT_EQ(faults.count(Fault::kDuplicate).asked, 100u);
  EXPECT_EQ(faults.count(Fault::kDuplicate).injected, 100u);
  EXPECT_EQ(faults.count(Fault::kSlow).injected, 0u);
}

TEST(Faults, DelayByAtMostSoMuch) {
  Faults faults(settings("seed=7,reorder=1")), none(settings("seed=7,reorder=0"));
  for (int i = 0; i < 100; ++i) {
    const Duration delay = faults.delay(std::to_string(i), Duration(1000));
    EXPECT_TRUE(delay > Duration(0) && delay <= Duration(1000)) << delay.count();
    EXPECT_EQ(none.delay(std::to_string(i), Duration(1000)), Duration(0));
  }
}

TEST(Faults, StrikeAboutAsOftenAsTheirRate) {
  EXPECT_NEAR(hit("seed=1,duplicate=0.1", upTo(1000)).size(), 100, 40);
  EXPECT_NEAR(hit("seed=2,duplicate=0.5", upTo(1000)).size(), 500, 80);
}

TEST(Faults, AreTheSameWithTheSameSeedInAnyOrder) {
  std::vector<int> reversed = upTo(1000);
  std::reverse(reversed.begin(), reversed.end());
  EXPECT_EQ(hit("seed=7,duplicate=0.2", upTo(1000)), hit("seed=7,duplicate=0.2", reversed));
  EXPECT_NE(hit("seed=7,duplicate=0.2", upTo(1000)), hit("seed=8,duplicate=0.2", upTo(1000)));
}

TEST(Faults, EachTimeOfAnIdentityIsItsOwnDecision) {
  const auto times = [](Faults& faults) {
    std::string decisions;
    for (int i = 0; i < 64; ++i) decisions += faults.strike(Fault::kThrottle, "GetItem") ? '!' : '.';
    return decisions;
  };
  Faults first(settings("seed=7,throttle=0.5")), second(settings("seed=7,throttle=0.5"));
  second.strike(Fault::kThrottle, "PutItem");
  const std::string decisions = times(first);
  EXPECT_NE(decisions.find('!'), std::string::npos);
  EXPECT_NE(decisions.find('.'), std::string::npos);
  EXPECT_EQ(times(second), decisions);
}

TEST(Faults, OfSeveralThreadsAreThoseOfOne) {
  Faults faults(settings("seed=7,duplicate=0.3"));
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int event = 0; event < 200; ++event) faults.strike(Fault::kDuplicate, "event " + std::to_string(event));
    });
  }
  for (std::thread& thread : threads) thread.join();
  Faults alone(settings("seed=7,duplicate=0.3"));
  for (int event = 0; event < 200; ++event) {
    for (int i = 0; i < 4; ++i) alone.strike(Fault::kDuplicate, "event " + std::to_string(event));
  }
  EXPECT_EQ(faults.count(Fault::kDuplicate).injected, alone.count(Fault::kDuplicate).injected);
}

TEST(Faults, ForgetWhatWasAskedForLongAgo) {
  const auto first = [](Faults& faults, int others) {
    std::string decisions;
    for (int round = 0; round < 20; ++round) {
      decisions += faults.strike(Fault::kSlow, "f") ? '!' : '.';
      for (int i = 0; i < others; ++i) faults.strike(Fault::kSlow, std::to_string(i));
    }
    return decisions;
  };
  Faults few(settings("seed=7,slow=0.5")), many(settings("seed=7,slow=0.5"));
  EXPECT_THAT(first(few, 10), testing::AllOf(HasSubstr("!"), HasSubstr(".")));
  const std::string decisions = first(many, static_cast<int>(Faults::kIdentities));
  EXPECT_EQ(decisions, std::string(20, decisions[0]));
}

}  // namespace
}  // namespace ddblog
