// Removes from the archive file what no archive of the API keeps any more: the events of deleted
// archives, and those older than an archive's retention.
//
// Archives show and replay only events within their retention, so it does not matter when the sweep
// runs. Thread safety: a stateless function for any thread.
#pragma once

#include "services/eventbridge/archive/context.h"

namespace ddblog::eventbridge {

// Removes a bounded number of events. Returns the running time of the next sweep: now, if there may be
// more to remove. Throws ArchiveFailed.
RunningTime sweepArchives(ArchiveContext& context);

}  // namespace ddblog::eventbridge
