#include "services/dynamodb/tables/time_to_live.h"

#include <algorithm>
#include <vector>

#include "item/stored_item.h"
#include "services/dynamodb/core/item_keys.h"
#include "services/dynamodb/core/limits.h"
#include "services/dynamodb/items/expiry.h"
#include "services/dynamodb/items/item_writes.h"

namespace ddblog::dynamodb {
namespace {

std::uint64_t secondsOf(Timestamp time) {
  const std::int64_t milliseconds = time.time_since_epoch().count();
  return milliseconds < 0 ? 0 : static_cast<std::uint64_t>(milliseconds / 1000);
}

// Whether the item exists and is still due at the time that the queue entry names.
bool isDue(const Reader& reader, const Table& table, const ExpiryEntry& entry, std::uint64_t now) {
  constexpr std::uint64_t kPast = std::chrono::seconds(limits::kTimeToLivePast).count();
  if (table.id != entry.table_id || entry.due + kPast <= now) return false;
  const std::optional<std::string> stored = reader.get(itemKey(table, entry.item_key));
  return stored && expiresAt(table, decodeItem(*stored)) == entry.due;
}

// Handles up to limits::kSweptPerCommand due entries of the queue. Returns whether none is left.
bool sweepSome(Transaction& transaction, Context& context, std::uint64_t now) {
  std::vector<std::pair<std::string, ExpiryEntry>> entries;
  for (auto cursor = transaction.cursor(beginOfExpiry(), endOfExpiry(now));
       cursor->valid() && entries.size() < std::size_t{limits::kSweptPerCommand}; cursor->next()) {
    entries.emplace_back(cursor->key(), decodeExpiry(cursor->key(), cursor->value()));
  }
  for (const auto& [key, entry] : entries) {
    const auto table = context.catalog.find(transaction, entry.table_name);
    if (table && isDue(transaction, *table, entry, now)) {
      ItemWrite write = ItemWrite::remove(entry.item_key);
      write.changed_by = ChangedBy::kTimeToLive;
      write.conflicts = false;
      applyWrite(transaction, context, *table, write);
    }
    transaction.erase(key);
  }
  return entries.size() < std::size_t{limits::kSweptPerCommand};
}

}  // namespace

TimeToLive::TimeToLive(Context& context, Sweeper::Warn warn)
    : sweeper_(context.clock, std::move(warn), [&context] { return sweep(context); }) {}

RunningTime TimeToLive::sweep(Context& context) {
  const RunningTime now = context.clock.runningTime();
  const std::uint64_t seconds = secondsOf(context.clock.now());
  const auto anyDue = [&] { return context.store.snapshot()->cursor(beginOfExpiry(), endOfExpiry(seconds))->valid(); };
  bool done = !anyDue();
  for (int commands = 0; !done; ++commands) {
    if (commands == limits::kCommandsPerSweep) return now;
    context.store.writeAndWait([&](Transaction& transaction) { done = sweepSome(transaction, context, seconds); });
  }
  return now + limits::kTimeToLiveInterval;
}

}  // namespace ddblog::dynamodb
