// Erases stream data past its retention: records after 24 hours of running time, then their shards,
// then disabled streams. Readers do not see trimmed records even before that. (The row of the last
// shard that was closed before the retention stays, because its child names it as its parent.)
//
// Erases at most limits::kSweptPerCommand records per command, so that other writes need not wait
// long.
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
// Thread safety: sweep may be called from any thread but the writer's.
#pragma once

#include "base/sweeper.h"
#include "services/dynamodb/core/context.h"
#include "services/dynamodb/core/limits.h"

namespace ddblog::streams {

class Retention {
 public:
  // `context` must outlive it.
  Retention(dynamodb::Context& context, Sweeper::Warn warn);

  // Runs up to limits::kCommandsPerSweep commands. Returns when to call it again (now: there is
  // more to erase).
  static RunningTime sweep(dynamodb::Context& context);

 private:
  Sweeper sweeper_;
};

}  // namespace ddblog::streams
