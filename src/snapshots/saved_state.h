// Everything that there is as of one moment, read piece by piece while the cloud goes on: what snapshots and exports
// are made of.
//
//   const SavedState state = SavedState::now(clock, store, archive);
//   for (Part part; ; from = part.next) { part = state.part(from); …; if (part.next.empty()) break; }
//
// A position is opaque to those who read; empty: from the beginning, or that nothing follows. Memory: a part (about 1
// MiB). Holding a state costs what is written and deleted meanwhile: the store keeps its old values. It must not
// outlive the store. Thread safety: all methods may be called from any thread, side by side.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "services/dynamodb/core/catalog.h"
#include "services/eventbridge/archive/archive.h"
#include "snapshots/snapshot_file.h"
#include "store/store.h"

namespace ddblog::snapshots {

struct SavedTable {
  std::string name;
  std::string arn;
  std::string id;
  std::uint64_t items = 0;
  std::uint64_t bytes = 0;
};

// A block of a snapshot.
struct StatePart {
  BlockKind kind = BlockKind::kStore;
  std::string content;       // fields; not deflated
  std::uint64_t items = 0;   // how many items of tables are in it
  std::uint64_t events = 0;  // how many archived events
  std::string next;
};

// Items of a table as lines, each {"Item": {…}} in DynamoDB's JSON.
struct TablePart {
  std::string lines;
  std::uint64_t items = 0;
  std::string next;
};

class SavedState {
 public:
  static SavedState now(const Clock& clock, const Store& store, eventbridge::Archive& archive);
  // Of a store that nobody writes to; `archive` may be missing.
  static SavedState resting(const Clock& clock, const Store& store, const eventbridge::ArchiveFile* archive);

  SnapshotInfo info() const;
  const std::vector<SavedTable>& tables() const { return tables_; }

  // Throws ApiError (ValidationException) for a position that is none.
  StatePart part(const std::string& from) const;
  // The same; and ResourceNotFoundException.
  TablePart tablePart(const std::string& table, const std::string& from) const;

 private:
  SavedState(const Clock& clock, const Store& store, const eventbridge::ArchiveFile* archive);
  StatePart storePart(const std::string& from_key) const;
  StatePart archivePart(std::int64_t after) const;

  Timestamp taken_at_;
  std::unique_ptr<Snapshot> state_;
  const eventbridge::ArchiveFile* archive_;
  std::int64_t last_row_ = 0;
  std::uint64_t events_ = 0;
  std::unique_ptr<dynamodb::Catalog> catalog_;
  std::vector<SavedTable> tables_;
};

}  // namespace ddblog::snapshots
