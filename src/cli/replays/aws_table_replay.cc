// A replay of a log table in AWS into the offline cloud: a parallel scan, each stream in order.
#include <iostream>

#include "base/text.h"
#include "cli/replays/aws_end.h"
#include "cli/replays/aws_replays.h"
#include "cli/replays/incoming_report.h"
#include "cli/replays/source_log.h"
#include "cli/terminal/exit_status.h"
#include "cli/terminal/interrupt.h"
#include "cli/terminal/progress.h"

namespace ddblog::cli {

int replayFromAwsTable(const ReplayFlags& flags) {
  const AwsEnd aws(flags.connection);
  const LocalEnd local = localEnd(flags, aws);
  const SourceLog log(aws.tables(), flags.connection.stage, queryOf(flags), aws.now());
  const Interrupt interrupt;
  IncomingReport report{.target = flags.target, .counts = {}};
  std::uint64_t chosen = 0, undated = 0;
  {
    Progress progress(log.items(), "items");
    log.scan([&](const SourceLog::Page& page) {
      chosen += page.events.size();
      undated += page.undated;
      report.counts.incomplete += page.foreign;
      progress.advance(page.read);
      const auto is_cancelled = [&] { return interrupt.happened(); };
      return flags.dry_run ? !is_cancelled()
                           : sendAtRate(*local.target, page.events, flags.rate, is_cancelled, report.counts);
    });
  }
  if (undated > 0) {
    note(withThousands(undated) + " events have no createdAt, so --from and --to leave them out");
  }
  if (interrupt.happened()) {
    note("the replay was cancelled after " + withThousands(report.counts.sent) + " events");
    return kFailure;
  }
  if (flags.dry_run) {
    std::cout << chosen << " events of " << log.table() << " would be replayed to " << local.place << std::endl;
    if (report.counts.incomplete > 0) {
      note(withThousands(report.counts.incomplete) + " items are not events of the log, and would be skipped");
    }
  } else {
    std::cout << reportText(report) << std::flush;
  }
  return kOk;
}

}  // namespace ddblog::cli
