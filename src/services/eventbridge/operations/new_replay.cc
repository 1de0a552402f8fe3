#include "services/eventbridge/operations/new_replay.h"

#include "services/eventbridge/archive/limits.h"
#include "services/eventbridge/operations/fields.h"

namespace ddblog::eventbridge {

void addReplay(Transaction& transaction, ArchiveContext& context, const Replay& replay) {
  std::size_t active = 0;
  bool is_taken = false;
  for (const Replay& other : context.replays.all(transaction)) {
    if (other.isActive()) ++active;
    if (other.ended_at && *other.ended_at + limits::kReplayKept < replay.started_at) {
      context.replays.erase(transaction, other.name);
    } else if (other.name == replay.name) {
      is_taken = true;
    }
  }
  if (is_taken) throw ApiError("ResourceAlreadyExistsException", "Replay " + replay.name + " already exists.");
  if (active >= limits::kActiveReplays) throw limitExceeded();
  context.replays.put(transaction, replay);
  transaction.notifyAfterCommit(context.replays_changed);
}

}  // namespace ddblog::eventbridge
