// Archived events as JSON Lines, which `archive export` writes and `archive import` reads:
//
//   {"createdAt": "2026-11-22T09:00:00.000Z", "event": {"version": "0", "id": "…", "detail-type": "stream changes", …}}
//
// "createdAt" is when the event was put on the bus; "event" is the event as the bus delivered it, with every digit.
//
// Errors: std::invalid_argument with one line. Thread safety: pure functions.
#pragma once

#include <string>
#include <string_view>

#include "services/eventbridge/archive/archive_file.h"

namespace ddblog::cli {

std::string archivedLine(const eventbridge::ArchivedEvent& event);
eventbridge::ArchivedEvent parseArchivedLine(std::string_view line);

}  // namespace ddblog::cli
