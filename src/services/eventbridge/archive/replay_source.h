// Reads what a replay sends: the events of an archive of the API, or of the archive file.
//
// Errors: as ArchiveFile's. Thread safety: as ArchiveFile's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "services/eventbridge/archive/context.h"

namespace ddblog::eventbridge {

struct ReplayPage {
  std::vector<ArchivedEvent> events;
  ArchivePosition end;  // the position after it
  bool is_end = false;  // there are no more; else a page may be empty, and still not the last one
};

// At most `limit` events after the replay's position.
ReplayPage pageOf(const ArchiveContext& context, const Replay& replay, std::size_t limit);
// How many events it reads in all.
std::uint64_t countOf(const ArchiveContext& context, const Replay& replay);

}  // namespace ddblog::eventbridge
