// Deletes items whose time to live is over, through the one write path of items, so that indexes, statistics and the
// stream follow; the stream's records say that the service did it (userIdentity).
//
// An item expires when the clock shows the second in its TTL attribute; AWS takes up to some days more. An item whose
// time was over five years ago or more never expires: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/
// time-to-live-ttl-before-you-start.html. Deletions are done limits::kSweptPerCommand to a command, so that the writer
// is not held up.
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

  // Deletes what is due now, up to limits::kCommandsPerSweep commands; returns when to come back (now: there is more).
  static Timestamp sweep(Context& context);

 private:
  Sweeper sweeper_;
};

}  // namespace ddblog::dynamodb
