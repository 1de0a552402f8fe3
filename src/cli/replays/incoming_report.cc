#include "cli/replays/incoming_report.h"

#include <iostream>

#include "base/text.h"
#include "cli/terminal/printable.h"

namespace ddblog::cli {

namespace {

std::string completeText(const IncomingReport& report) {
  if (report.isIncomplete() || report.unknown > 0 || report.counts.incomplete > 0 || report.streams == 0) return {};
  const std::string streams = withThousands(report.streams) + " streams ";
  if (report.has_types) {
    return "The events of these types in " + streams + "are there, as far as the archive or the log table has them\n";
  }
  return "All versions of " + streams + (report.has_times ? "in the range of times " : "") + "are there\n";
}

}  // namespace

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
            " events were read from the log table: the archive's replay lacked them, or had them in part\n";
  }
  if (report.lost > 0) {
    text += withThousands(report.lost) + " versions of " + withThousands(report.streams) +
            " streams are neither in the archive nor in the log table\n";
  }
  if (report.unknown > 0) {
    text += withThousands(report.unknown) +
            " versions were left out: they have no createdAt or are gone, so nobody knows whether they are of that "
            "time\n";
  }
  if (report.left_queued > 0) {
    text += "About " + withThousands(report.left_queued) +
            " messages were still in the queue, and did not come: run the replay again\n";
  }
  return text + completeText(report);
}

void note(const std::string& line) { std::cerr << "dynamodb-log: " << printable(line) << std::endl; }

}  // namespace ddblog::cli
