// A whole state in memory, to go back to: the blocks of a snapshot (snapshot_file.h), not compressed.
//
// Thread safety: immutable once it is taken; CheckpointBlocks: none.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/cloud_clock.h"
#include "snapshots/snapshot_file.h"
#include "snapshots/state_reader.h"

namespace ddblog::snapshots {

struct Checkpoint {
  SnapshotInfo info;
  CloudClock::TimeOfDay time;  // of the cloud's clock
  std::vector<StatePart> blocks;
  std::uint64_t bytes = 0;  // of the blocks

  // Reads everything. nullptr: it has more than `most` bytes.
  static std::shared_ptr<const Checkpoint> take(const StateReader& state, const CloudClock::TimeOfDay& time,
                                                std::uint64_t most);
};

// Its blocks, one after another, as SnapshotReader gives those of a file.
class CheckpointBlocks {
 public:
  // `checkpoint` must outlive it.
  explicit CheckpointBlocks(const Checkpoint& checkpoint) : checkpoint_(checkpoint) {}

  bool next(BlockKind& kind, std::string& content);
  std::uint64_t bytes() const { return bytes_; }  // read so far
  [[noreturn]] void reportDamage(const std::string& what) const;

 private:
  const Checkpoint& checkpoint_;
  std::size_t next_ = 0;
  std::uint64_t bytes_ = 0;
};

}  // namespace ddblog::snapshots
