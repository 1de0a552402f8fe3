// Erases what is past the retention of streams: records after 24 hours, then the shards that held
// them, then the streams that are off. Readers do not see trimmed records even before that. (Of the
// last shard that was closed before the retention its row remains, since its child names it as its
// parent.)
//
// Erases at most limits::kSweptPerCommand records in one command, so that other writes need not
// wait long. Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
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

  // Erases what is past its retention now, up to limits::kCommandsPerSweep commands; returns when
  // to come back (now: there is more).
  static Timestamp sweep(dynamodb::Context& context);

 private:
  Sweeper sweeper_;
};

}  // namespace ddblog::streams
