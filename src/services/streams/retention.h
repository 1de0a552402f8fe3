// Erases what is past the retention of streams: records after 24 hours, then the shards that held them, then the
// streams that are off. Readers do not see trimmed records even before that. (What remains of the shard that was closed
// last before the retention is its row, for its child to name its parent.)
//
// At most limits::kSweptPerCommand records a command, so that the writer is not held up.
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
// Thread safety: sweep may be called from any thread but the writer's.
#pragma once

#include "base/sweeper.h"
#include "services/dynamodb/core/context.h"

namespace ddblog::streams {

class Retention {
 public:
  // `context` must outlive it.
  Retention(dynamodb::Context& context, Sweeper::Warn warn);

  // Erases what is past its retention now, up to limits::kCommandsPerSweep commands; returns when to come back (now:
  // there is more).
  static Timestamp sweep(dynamodb::Context& context);

 private:
  Sweeper sweeper_;
};

}  // namespace ddblog::streams
