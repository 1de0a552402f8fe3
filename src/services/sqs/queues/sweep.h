// Removes what nobody needs any more, in bounded steps: messages that are too old, what deleted and
// purged queues leave behind, deduplication ids and the like.
//
// Thread safety: on one thread that is not the writer's.
#pragma once

#include "base/clock.h"
#include "services/sqs/queues/context.h"

namespace ddblog::sqs {

// Does one step and returns when the next one is due. Throws StoreFailed.
RunningTime sweepQueues(Context& context);

}  // namespace ddblog::sqs
