#include "cli/cloud/recovery.h"

#include <cstdlib>

#include "cli/replays/replay_targets.h"
#include "ddblog/event.h"
#include "ddblog/transport.h"
#include "services/eventbridge/archive/archive_reader.h"
#include "snapshots/data_directory.h"

namespace ddblog::cli {

void useCredentialsOf(const offline::OfflineOptions& options) {
  const bool has_keys = !options.access_keys.empty();
  const std::string id = has_keys ? options.access_keys.begin()->first : "local";
  const std::string secret = has_keys ? options.access_keys.begin()->second : "local";
  setenv("AWS_ACCESS_KEY_ID", id.c_str(), 1);
  setenv("AWS_SECRET_ACCESS_KEY", secret.c_str(), 1);
  unsetenv("AWS_SESSION_TOKEN");
}

std::string putEventsBack(const offline::OfflineOptions& options, const std::string& url) {
  const eventbridge::ArchiveFile archive(options.data / snapshots::kArchiveName,
                                         eventbridge::ArchiveFile::Access::kReadOnly);
  eventbridge::ArchiveQuery query;
  query.to = AdjustableClock().now();  // the events that are put back are archived again
  eventbridge::ArchiveReader events(archive, query);
  TableReplay log(connect({url, options.region, {}}), logTableName(options.stage));
  ReplayCounts counts;
  events.run([&](const std::vector<eventbridge::ArchivedEvent>& page) {
    log.send(page, counts);
    return true;
  });
  std::string line = "recovers: " + std::to_string(counts.sent) + " events put back into the log from the archive";
  if (counts.incomplete > 0) {
    line += "; " + std::to_string(counts.incomplete) + " archived events are not complete events of the log";
  }
  return line;
}

}  // namespace ddblog::cli
