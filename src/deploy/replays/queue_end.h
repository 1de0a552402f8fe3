// When the queue of a replay is empty for good. SQS's counts are right only a minute after the last message was sent,
// and EventBridge may deliver for some time after it said that the replay has completed. So the queue is at its end
// when it was silent for a while, and SQS counts nothing in it.
//
// Thread safety: none.
#pragma once

#include <optional>

#include "base/clock.h"
#include "deploy/replays/limits.h"

namespace ddblog::replays {

class QueueEnd {
 public:
  // `quiet`: how long it has to be silent.
  explicit QueueEnd(Duration quiet) : quiet_(quiet) {}

  // EventBridge says that the replay has ended.
  void replayEnded(RunningTime now);
  // Messages came. `has_new`: not only ones that were there before.
  void received(RunningTime now, bool has_new);

  bool isOver() const { return over_.has_value(); }  // the replay
  // Whether it was silent for long enough: empty, if SQS says so too.
  bool isQuiet(RunningTime now) const;
  // Whether nothing new came for so long that what SQS still counts is waited for no longer.
  bool isGivenUp(RunningTime now) const;

 private:
  const Duration quiet_;
  std::optional<RunningTime> over_;
  RunningTime last_message_, last_new_;
};

}  // namespace ddblog::replays
