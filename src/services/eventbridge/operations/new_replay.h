// Starts a replay: what StartReplay and our own route share.
// Thread safety: used on the writer thread.
#pragma once

#include "services/eventbridge/archive/context.h"

namespace ddblog::eventbridge {

inline constexpr double kLastReplaySecond = 253'402'300'799;  // of the year 9999

// Stores it and wakes the runner. Forgets replays that ended long ago. Throws ApiError
// ResourceAlreadyExistsException for a name that is taken, LimitExceededException for ten active ones.
void addReplay(Transaction& transaction, ArchiveContext& context, const Replay& replay);

}  // namespace ddblog::eventbridge
