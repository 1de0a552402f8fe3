#include "services/eventbridge/archive/replay_source.h"

#include <algorithm>
#include <utility>

namespace ddblog::eventbridge {
namespace {

// What is put after its start may come of what it sends, so a replay of that would not end.
Timestamp endOf(const Replay& replay) { return std::min(replay.events_to, replay.started_at); }

ArchiveQuery fileQuery(const Replay& replay) {
  return {.from = replay.events_from, .to = endOf(replay), .logs = replay.logs, .types = replay.types};
}

// Without the events that the archive no longer keeps.
KeptQuery keptQuery(const ArchiveContext& context, const Replay& replay) {
  const auto archive = context.archives.find(*context.store.snapshot(), replay.archive);
  const auto oldest = archive ? archive->keepsFrom(context.bus.clock.now()) : std::nullopt;
  return {replay.archive_id, std::max(replay.events_from, oldest.value_or(replay.events_from)), endOf(replay)};
}

bool isAnyOf(const std::vector<std::string>& wanted, const std::string& text) {
  return wanted.empty() || std::ranges::find(wanted, text) != wanted.end();
}

}  // namespace

ReplayPage pageOf(const ArchiveContext& context, const Replay& replay, std::size_t limit) {
  const ArchiveFile& file = context.archive->file();
  ArchivePage read = replay.isOfFile() ? file.page(fileQuery(replay), replay.position, limit)
                                       : file.keptPage(keptQuery(context, replay), replay.position, limit);
  const bool is_end = read.events.empty();
  ReplayPage page{std::move(read.events), std::move(read.end), is_end};
  if (replay.isOfFile()) return page;
  // An archive's index does not know logs and types.
  std::erase_if(page.events, [&](const ArchivedEvent& event) {
    return !isAnyOf(replay.logs, event.log) || !isAnyOf(replay.types, event.type);
  });
  return page;
}

std::uint64_t countOf(const ArchiveContext& context, const Replay& replay) {
  const ArchiveFile& file = context.archive->file();
  return replay.isOfFile() ? file.count(fileQuery(replay)) : file.keptSize(keptQuery(context, replay)).events;
}

}  // namespace ddblog::eventbridge
