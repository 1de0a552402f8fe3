#include "deploy/replays/queue_end.h"

#include <algorithm>

namespace ddblog::replays {

void QueueEnd::replayEnded(RunningTime now) {
  if (!over_) over_ = now;
}

void QueueEnd::received(RunningTime now, bool has_new) {
  last_message_ = now;
  if (has_new) last_new_ = now;
}

bool QueueEnd::isQuiet(RunningTime now) const { return over_ && now - std::max(*over_, last_message_) >= quiet_; }

bool QueueEnd::isGivenUp(RunningTime now) const {
  return over_ && now - std::max(*over_, last_new_) >= limits::kReplaySettles;
}

}  // namespace ddblog::replays
