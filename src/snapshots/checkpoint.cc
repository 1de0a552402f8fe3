#include "snapshots/checkpoint.h"

#include <utility>

namespace ddblog::snapshots {

std::shared_ptr<const Checkpoint> Checkpoint::take(const StateReader& state, const CloudClock::TimeOfDay& time,
                                                   std::uint64_t most) {
  auto checkpoint = std::make_shared<Checkpoint>();
  checkpoint->info = state.info();
  checkpoint->time = time;
  std::string from;
  do {
    StatePart part = state.part(from);
    from = part.next;
    checkpoint->bytes += part.content.size();
    if (checkpoint->bytes > most) return nullptr;
    checkpoint->blocks.push_back(std::move(part));
  } while (!from.empty());
  return checkpoint;
}

bool CheckpointBlocks::next(BlockKind& kind, std::string& content) {
  if (next_ == checkpoint_.blocks.size()) return false;
  const StatePart& block = checkpoint_.blocks[next_++];
  kind = block.kind;
  content = block.content;
  bytes_ += content.size();
  return true;
}

void CheckpointBlocks::reportDamage(const std::string& what) const {
  throw SnapshotUnusable("the checkpoint cannot be read: " + what);
}

}  // namespace ddblog::snapshots
