// What a replay from AWS says at its end.
//
// Thread safety: functions without state.
#pragma once

#include <cstdint>
#include <string>

#include "cli/replays/replay_targets.h"

namespace ddblog::cli {

struct IncomingReport {
  std::string target;  // "table", "bus"
  ReplayCounts counts;
  std::uint64_t from_table = 0;   // events that the archive's replay lacked, or had in part only
  std::uint64_t streams = 0;      // whose versions were checked; 0: none were
  std::uint64_t lost = 0;         // versions that are neither in the archive nor in the table
  std::uint64_t unknown = 0;      // versions of which nobody knows whether they are in the range of times
  std::uint64_t left_queued = 0;  // messages that SQS still counted at the end
  bool has_times = false;         // --from or --to
  bool has_types = false;         // --type

  // Whether events are missing.
  bool isIncomplete() const { return lost > 0 || left_queued > 0; }
};

// "12 events replayed to the table, 3 were already there", and a line for each of the rest.
std::string reportText(const IncomingReport& report);

// A line on standard error: "dynamodb-log: …".
void note(const std::string& line);

}  // namespace ddblog::cli
