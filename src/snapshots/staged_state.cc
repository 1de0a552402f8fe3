#include "snapshots/staged_state.h"

#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/files.h"
#include "base/system_paths.h"
#include "services/eventbridge/archive/key_spaces.h"
#include "snapshots/data_directory.h"
#include "snapshots/fields.h"
#include "store/entry_check.h"
#include "store/key_space.h"
#include "store/store_builder.h"

namespace ddblog::snapshots {
namespace {

namespace fs = std::filesystem;

// Runs `read` on content whose checksum is right; any error is the snapshot's.
template <class Source, class Read>
void readContent(const Source& snapshot, Read read) {
  try {
    read();
  } catch (const StoreFailed&) {
    throw;
  } catch (const std::exception& e) {
    snapshot.reportDamage(e.what());
  }
}

using Entries = std::vector<std::pair<std::string_view, std::string_view>>;  // keys and values

Entries entriesOf(std::string_view content) {
  Entries entries;
  for (FieldReader fields(content); !fields.isAtEnd();) {
    const std::string_view key = fields.next();
    entries.emplace_back(key, fields.next());
  }
  return entries;
}

std::vector<eventbridge::ArchivedEvent> eventsOf(std::string_view content) {
  std::vector<eventbridge::ArchivedEvent> events;
  for (FieldReader fields(content); !fields.isAtEnd();) {
    eventbridge::ArchivedEvent& event = events.emplace_back();
    for (std::string* text : {&event.created_at, &event.log, &event.type, &event.event, &event.event_id}) {
      *text = fields.next();
    }
  }
  return events;
}

std::vector<eventbridge::ArchivedEvent> keptOf(std::string_view content) {
  std::vector<eventbridge::ArchivedEvent> events;
  for (FieldReader fields(content); !fields.isAtEnd();) {
    eventbridge::ArchivedEvent& event = events.emplace_back();
    for (std::string* text : {&event.created_at, &event.log, &event.type, &event.event, &event.event_id}) {
      *text = fields.next();
    }
    std::string_view keeper = fields.next();
    event.keepers = {takeNumber<std::int64_t>(keeper)};
    event.is_only_kept = !event.event.empty();
  }
  return events;
}

// Reads everything. `add_entries` gets the entries of each block of the store. `Source`: a SnapshotReader, or
// CheckpointBlocks.
template <class Source, class AddEntries>
void readAll(Source& snapshot, eventbridge::ArchiveFile& archive, const Advance& advance, AddEntries add_entries) {
  BlockKind kind{};
  std::string content;
  std::uint64_t told = 0;
  const std::string archive_rows = KeyBuilder(eventbridge::key_spaces::kArchiveRows).str();
  while (snapshot.next(kind, content)) {
    if (kind == BlockKind::kStore) {
      Entries entries;
      readContent(snapshot, [&] { entries = entriesOf(content); });
      // It counts the rows of the file that the snapshot was made of.
      std::erase_if(entries, [&](const auto& entry) { return entry.first == archive_rows; });
      add_entries(entries);
    } else {
      std::vector<eventbridge::ArchivedEvent> events;
      readContent(snapshot, [&] { events = kind == BlockKind::kKept ? keptOf(content) : eventsOf(content); });
      archive.add(events);
    }
    advance(snapshot.bytes() - told);
    told = snapshot.bytes();
  }
}

}  // namespace

StagedState::StagedState(const fs::path& data_directory)
    : directory_(data_directory), place_(directory_.empty() ? temporaryDirectory() : directory_ / kLoadingName) {
  if (directory_.empty()) return;
  fs::remove_all(place_);
  fs::create_directory(place_);
}

StagedState::~StagedState() {
  if (!directory_.empty() && !place_.empty()) removePlace();
}

// The next start removes what cannot be removed now.
void StagedState::removePlace() const {
  std::error_code ignored;
  fs::remove_all(place_, ignored);
}

void StagedState::build(SnapshotReader& snapshot, const Advance& advance) { buildFrom(snapshot, advance); }

void StagedState::build(const Checkpoint& checkpoint) {
  CheckpointBlocks blocks(checkpoint);
  buildFrom(blocks, [](std::uint64_t) {});
}

template <class Source>
void StagedState::buildFrom(Source& source, const Advance& advance) {
  if (directory_.empty()) {
    buildInMemory(source, advance);
  } else {
    buildInDirectory(source, advance);
  }
}

template <class Source>
void StagedState::buildInDirectory(Source& source, const Advance& advance) {
  StoreBuilder builder(place_);
  eventbridge::ArchiveFile archive(place_ / kArchiveName);
  readAll(source, archive, advance, [&](const Entries& entries) {
    readContent(source, [&] {
      for (const auto& [key, value] : entries) builder.put(key, value);
    });
  });
  readContent(source, [&] { builder.finish(); });
  syncDirectory(place_);
}

// Each block becomes one command of the store, which bounds memory.
template <class Source>
void StagedState::buildInMemory(Source& source, const Advance& advance) {
  buildEmpty();
  EntryCheck check;
  readAll(source, *archive_, advance, [&](const Entries& entries) {
    readContent(source, [&] {
      for (const auto& [key, value] : entries) check.add(key, value);
    });
    store_->writeAndWait([&](Transaction& transaction) {
      for (const auto& [key, value] : entries) transaction.put(std::string(key), std::string(value));
    });
  });
  readContent(source, [&] { check.finish(); });
}

void StagedState::buildEmpty() {
  if (directory_.empty()) {
    StoreOptions options;
    options.in_memory = true;
    store_ = Store::open(options);
    archive_ = std::make_unique<eventbridge::ArchiveFile>(fs::path());
    return;
  }
  use([](Store&) {});
  eventbridge::ArchiveFile(place_ / kArchiveName);
  syncDirectory(place_);
}

void StagedState::use(const std::function<void(Store&)>& action) {
  if (store_) return action(*store_);
  StoreOptions options;
  options.directory = place_;
  action(*Store::open(options));
}

void StagedState::commit() {
  if (directory_.empty()) return;
  const fs::path loaded = directory_ / kLoadedName;
  fs::rename(place_, loaded);
  try {
    syncDirectory(directory_);
  } catch (...) {
    std::error_code ignored;
    fs::rename(loaded, place_, ignored);
    throw;
  }
  place_.clear();  // it may be another state's now
}

}  // namespace ddblog::snapshots
