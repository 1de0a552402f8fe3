#include "cli/incoming_report.h"

#include <iostream>

#include "base/text.h"
#include "cli/terminal/printable.h"

namespace ddblog::cli {

std::string reportText(const IncomingReport& report) {
  const ReplayCounts& counts = report.counts;
  std::string text = std::to_string(counts.sent) + " events replayed to the " + report.target;
  if (report.target == "table") text += ", " + std::to_string(counts.already_there) + " were already there";
  if (counts.incomplete > 0) {
    text += ", " + std::to_string(counts.incomplete) + " were skipped (not events of the log, or not complete)";
  }
  text += '\n';
  if (report.from_table > 0) {
    text += withThousands(report.from_table) +
            " of them were not in the archive's replay, and were read from the log "
            "table\n";
  }
  if (report.streams > 0 && report.lost == 0) {
    text += "All versions of " + withThousands(report.streams) + " streams are there\n";
  }
  if (report.lost > 0) {
    text += withThousands(report.lost) + " versions of " + withThousands(report.streams) +
            " streams are neither in the archive nor in the log table\n";
  }
  return text;
}

void note(const std::string& line) { std::cerr << "dynamodb-log: " << printable(line) << std::endl; }

}  // namespace ddblog::cli
