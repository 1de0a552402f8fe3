// What a replay of EventBridge is about, and how far it is, in words. EventBridge counts no events: it says up to which
// time of the range it has come.
//
// Thread safety: pure functions.
#pragma once

#include <string>

#include "deploy/replays/aws_replay.h"
#include "services/eventbridge/archive/archive_file.h"

namespace ddblog::cli {

// The range that the options choose: from the archive's creation until now, if they do not say.
replays::TimeRange rangeOf(const eventbridge::ArchiveQuery& query, const replays::SourceArchive& archive,
                           Timestamp now);

// Throws std::invalid_argument if the archive can hold no event that the options choose.
void checkRange(const eventbridge::ArchiveQuery& query, const replays::SourceArchive& archive, Timestamp now);

// "The events of 2026-11-22T09:00:00Z to 2026-11-22T10:00:00Z in the archive log of the bus dynamodb-log"
std::string rangeText(const replays::SourceArchive& archive, const replays::TimeRange& range);

// That the end of the range may not be in the archive yet; empty: it is.
std::string lateNote(const replays::TimeRange& range, Timestamp now);

int percentOf(const replays::ReplayState& state, const replays::TimeRange& range);
// "up to 2026-11-22T09:00:00Z"
std::string progressText(const replays::ReplayState& state);

}  // namespace ddblog::cli
