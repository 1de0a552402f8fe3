// Deletes expired items through the one write path of items, so that indexes, statistics and the
// stream follow. The stream's records name the service as the originator (userIdentity).
//
// An item expires when the clock reaches the second in its TTL attribute; AWS takes up to a few
// days longer. An item whose time is five years or more in the past never expires:
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-before-you-start.html
//
// A command deletes at most limits::kSweptPerCommand items, so that the writer is not held up.
//
// Thread safety: sweep may be called from any thread but the writer's.
#pragma once

#include "base/sweeper.h"
#include "services/dynamodb/core/context.h"
#include "services/dynamodb/core/limits.h"

namespace ddblog::dynamodb {

class TimeToLive {
 public:
  // `context` must outlive it.
  TimeToLive(Context& context, Sweeper::Warn warn);

  // Runs up to limits::kCommandsPerSweep commands. Returns when to call it again (now: more items
  // are due).
  static RunningTime sweep(Context& context);

 private:
  Sweeper sweeper_;
};

}  // namespace ddblog::dynamodb
