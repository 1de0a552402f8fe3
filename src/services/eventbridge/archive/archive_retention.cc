#include "services/eventbridge/archive/archive_retention.h"

#include <chrono>
#include <map>

#include "services/eventbridge/archive/limits.h"

namespace ddblog::eventbridge {
namespace {

constexpr std::chrono::hours kSweepInterval{1};

}  // namespace

RunningTime sweepArchives(ArchiveContext& context) {
  const RunningTime now = context.bus.clock.runningTime();
  if (!context.archive) return now + kSweepInterval;
  ArchiveFile& file = context.archive->file();
  // In this order: an archive that has events in the file is in the store, unless it was deleted.
  const std::vector<std::int64_t> keepers = file.keepers();
  std::map<std::int64_t, ArchiveDescription> archives;
  for (ArchiveDescription& archive : context.archives.all(*context.store.snapshot())) {
    archives.emplace(archive.id, std::move(archive));
  }
  bool has_more = false;
  for (const std::int64_t keeper : keepers) {
    const auto archive = archives.find(keeper);
    std::optional<Timestamp> before;
    if (archive != archives.end()) {
      before = archive->second.keepsFrom(context.bus.clock.now());
      if (!before) continue;
    }
    has_more |= file.forget(keeper, before, limits::kForgottenAtATime) == limits::kForgottenAtATime;
  }
  return has_more ? now : now + kSweepInterval;
}

}  // namespace ddblog::eventbridge
