// What the operations on archives and replays use besides a bus's Context.
//
// Created once at the start. Thread safety: as its parts.
#pragma once

#include "services/eventbridge/archive/archive.h"
#include "services/eventbridge/archive/archive_catalog.h"
#include "services/eventbridge/archive/replay_catalog.h"
#include "services/eventbridge/bus/context.h"
#include "store/commit_notifier.h"

namespace ddblog::eventbridge {

struct ArchiveContext {
  // `archive` may be nullptr: then archives stay empty.
  ArchiveContext(Context& bus_context, const ArchiveCatalog& archive_catalog, Archive* archive_of_events)
      : store(bus_context.store), bus(bus_context), archives(archive_catalog), archive(archive_of_events) {}

  Store& store;
  Context& bus;
  const ArchiveCatalog& archives;
  const ReplayCatalog replays = {};
  Archive* const archive;
  CommitNotifier replays_changed;  // notified after commits that start or cancel a replay
};

}  // namespace ddblog::eventbridge
