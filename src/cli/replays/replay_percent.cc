#include "cli/replays/replay_percent.h"

#include <algorithm>
#include <stdexcept>

#include "deploy/replays/limits.h"

namespace ddblog::cli {

using replays::ReplayState;
using replays::SourceArchive;
using replays::TimeRange;

TimeRange rangeOf(const eventbridge::ArchiveQuery& query, const SourceArchive& archive, Timestamp now) {
  return {query.from.value_or(archive.created), std::min(query.to.value_or(now), now)};
}

void checkRange(const eventbridge::ArchiveQuery& query, const SourceArchive& archive, Timestamp now) {
  if (query.from && *query.from >= now) {
    throw std::invalid_argument("--from " + toIso8601(*query.from, false) + " is in the future");
  }
  if (query.to && *query.to < std::chrono::floor<std::chrono::seconds>(archive.created)) {
    throw std::invalid_argument("The archive " + archive.name + " holds nothing up to --to " +
                                toIso8601(*query.to, false) + ": it was created at " +
                                toIso8601(archive.created, false));
  }
  if (archive.state != "CREATING" && archive.state != "CREATE_FAILED") return;
  throw std::invalid_argument("The archive " + archive.name + " is in the state " + archive.state +
                              ": nothing can be replayed from it");
}

std::string rangeText(const SourceArchive& archive, const TimeRange& range) {
  return "The events of " + toIso8601(range.from, false) + " to " + toIso8601(range.to, false) + " in the archive " +
         archive.name + " of the bus " + archive.bus;
}

std::string lateNote(const TimeRange& range, Timestamp now) {
  if (range.to + limits::kArchiveLate <= now) return {};
  return "an event may take 10 minutes into an archive: those of the last minutes may be missing in it";
}

int percentOf(const ReplayState& state, const TimeRange& range) {
  if (state.state == "COMPLETED") return 100;
  const auto done = (state.last_replayed - range.from).count(), all = (range.to - range.from).count();
  if (state.last_replayed == Timestamp() || done <= 0 || all <= 0) return 0;
  return static_cast<int>(std::min<Duration::rep>(done * 100 / all, 99));  // 100: it has completed
}

std::string progressText(const ReplayState& state) {
  if (state.last_replayed != Timestamp()) return "up to " + toIso8601(state.last_replayed, false);
  return state.isOver() ? "no event was replayed" : "starting, which takes AWS some minutes";
}

}  // namespace ddblog::cli
