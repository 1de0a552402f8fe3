// When a replay's queue is taken as empty for good.
#include "deploy/replays/queue_end.h"

#include <gtest/gtest.h>

namespace ddblog::replays {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

const RunningTime kStart{std::chrono::hours(1)};

TEST(QueueEnd, IsAfterSomeSilenceWhenTheReplayHasEnded) {
  QueueEnd end(seconds(120));
  EXPECT_FALSE(end.isQuiet(kStart + minutes(60)));
  end.replayEnded(kStart);
  EXPECT_FALSE(end.isQuiet(kStart + seconds(119)));
  EXPECT_TRUE(end.isQuiet(kStart + seconds(120)));
}

TEST(QueueEnd, SilenceBeginsWithTheLastMessage) {
  QueueEnd end(seconds(120));
  end.replayEnded(kStart);
  end.received(kStart + seconds(100), true);
  end.replayEnded(kStart + seconds(101));  // it says so whenever it is asked
  EXPECT_FALSE(end.isQuiet(kStart + seconds(219)));
  EXPECT_TRUE(end.isQuiet(kStart + seconds(220)));
}

TEST(QueueEnd, IsNotWaitedForForEver) {
  QueueEnd end(seconds(120));
  end.replayEnded(kStart);
  end.received(kStart + minutes(9), true);
  for (int minute = 10; minute < 19; ++minute) end.received(kStart + minutes(minute), false);  // never deleted
  EXPECT_FALSE(end.isGivenUp(kStart + minutes(18)));
  EXPECT_TRUE(end.isGivenUp(kStart + minutes(19)));
  EXPECT_FALSE(end.isQuiet(kStart + minutes(19)));
}

}  // namespace
}  // namespace ddblog::replays
