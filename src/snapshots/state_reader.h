// Reads all data at one point in time, piece by piece, while the cloud keeps running. Snapshots and
// exports are made from it.
//
//   const StateReader state = StateReader::ofRunningCloud(clock, store, archive);
//   std::string from;
//   do {
//     const StatePart part = state.part(from);
//     from = part.next;
//   } while (!from.empty());
//
// Positions are opaque to callers. An empty one means the beginning, or as `next` that nothing
// follows. Memory: one part (about 1 MiB). While a reader exists, the store keeps old values of
// everything that is written. It must not outlive the store. Thread safety: all methods may be
// called from any thread, concurrently.
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

struct TableInfo {
  std::string name;
  std::string arn;
  std::string id;
  std::uint64_t items = 0;
  std::uint64_t bytes = 0;
};

// A block of a snapshot.
struct StatePart {
  BlockKind kind = BlockKind::kStore;
  std::string content;       // fields; uncompressed
  std::uint64_t items = 0;   // how many table items it contains
  std::uint64_t events = 0;  // how many archived events
  std::string next;
};

// Items of a table, one per line: {"Item": {…}} in DynamoDB's JSON.
struct TablePart {
  std::string lines;
  std::uint64_t items = 0;
  std::string next;
};

class StateReader {
 public:
  static StateReader ofRunningCloud(const Clock& clock, const Store& store, eventbridge::Archive& archive);
  // Of a store without writers; `archive` may be nullptr.
  static StateReader ofClosedStore(const Clock& clock, const Store& store, const eventbridge::ArchiveFile* archive);

  SnapshotInfo info() const;
  const std::vector<TableInfo>& tables() const { return tables_; }

  // Throws ApiError (ValidationException) for an invalid position.
  StatePart part(const std::string& from) const;
  // Also throws ApiError (ResourceNotFoundException).
  TablePart tablePart(const std::string& table, const std::string& from) const;

 private:
  StateReader(const Clock& clock, const Store& store, const eventbridge::ArchiveFile* archive);
  StatePart storePart(const std::string& from_key) const;
  StatePart archivePart(std::int64_t after) const;
  StatePart keptPart(const std::string& from) const;
  // The position after the archive's events; empty: nothing follows.
  std::string afterArchive() const;

  Timestamp taken_at_;
  std::unique_ptr<Snapshot> state_;
  const eventbridge::ArchiveFile* archive_;
  eventbridge::LastRows last_rows_;
  std::uint64_t events_ = 0;
  std::unique_ptr<dynamodb::Catalog> catalog_;
  std::vector<TableInfo> tables_;
};

}  // namespace ddblog::snapshots
