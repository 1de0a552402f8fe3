// The archive's key spaces (see store/key_space.h).
#pragma once

#include "store/key_space.h"

namespace ddblog::eventbridge::key_spaces {

inline constexpr KeySpace kArchiveQueue{0x35};    // events that are not in the archive file yet
inline constexpr KeySpace kArchiveRows{0x36};     // how many rows the archive file has
inline constexpr KeySpace kArchives{0x37};        // archives of the API, by name
inline constexpr KeySpace kArchivesStamp{0x38};   // a random number that changes with every change of an archive
inline constexpr KeySpace kArchiveKeepers{0x39};  // which archives keep an event that an earlier version has queued
inline constexpr KeySpace kReplays{0x3A};         // replays of the API, by name

}  // namespace ddblog::eventbridge::key_spaces
