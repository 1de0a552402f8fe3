// Durations as one types them on a command line: "500ms", "30s", "10m", "2h", "1d".
//
// Thread safety: pure functions.
#pragma once

#include <optional>
#include <string_view>

#include "base/clock.h"

namespace ddblog::cli {

// A whole number and its unit; a sign may stand before it. std::nullopt: it is none, or more than a
// hundred years.
std::optional<Duration> parseDuration(std::string_view text);

}  // namespace ddblog::cli
