#include "services/streams/retention.h"

#include <vector>

#include "services/dynamodb/core/limits.h"
#include "services/streams/limits.h"
#include "services/streams/stream_records.h"
#include "store/key_space.h"

namespace ddblog::streams {
namespace {

std::vector<dynamodb::StreamDescription> allStreams(const Reader& reader) {
  const std::string all = dynamodb::allStreamsPrefix();
  std::vector<dynamodb::StreamDescription> streams;
  for (auto cursor = reader.cursor(all, endOfPrefix(all)); cursor->valid(); cursor->next()) {
    streams.push_back(dynamodb::decodeStream(cursor->value()));
  }
  return streams;
}

bool isOver(const dynamodb::StreamDescription& stream, RunningTime now) {
  return !stream.enabled && isTrimmed(stream.disabled_at, now);
}

// A record is never newer than the end of its shard, so a shard that ended before the retention is
// empty. The row of the last such shard stays, because its child names it as its parent.
std::vector<std::uint64_t> shardsToErase(const Reader& reader, const dynamodb::StreamDescription& stream,
                                         RunningTime now) {
  std::vector<std::uint64_t> numbers;
  for (const NumberedShard& shard : shardsOf(reader, stream.id)) {
    if (isGone(shard, now)) numbers.push_back(shard.number);
  }
  if (!numbers.empty() && !isOver(stream, now)) numbers.pop_back();
  return numbers;
}

// Whether the stream has anything to erase, so that a sweep without work writes nothing.
bool holdsTrimmed(const Reader& reader, const dynamodb::StreamDescription& stream, RunningTime now) {
  if (isOver(stream, now)) return true;
  const auto first = reader.cursor(dynamodb::recordKey(stream.id, 0), dynamodb::recordKey(stream.id + 1, 0));
  if (first->valid() && isTrimmed(dynamodb::decodeChange(first->value()).added_at, now)) return true;
  return !shardsToErase(reader, stream, now).empty();
}

// Erases trimmed records, oldest first; returns whether none is left.
bool eraseRecords(Transaction& transaction, const dynamodb::StreamDescription& stream, RunningTime now) {
  std::vector<std::string> keys;
  for (auto cursor = transaction.cursor(dynamodb::recordKey(stream.id, 0), dynamodb::recordKey(stream.id + 1, 0));
       cursor->valid(); cursor->next()) {
    if (keys.size() == std::size_t{limits::kSweptPerCommand}) break;
    if (!isTrimmed(dynamodb::decodeChange(cursor->value()).added_at, now)) break;
    keys.emplace_back(cursor->key());
  }
  for (const std::string& key : keys) transaction.erase(key);
  return keys.size() < std::size_t{limits::kSweptPerCommand};
}

void eraseShards(Transaction& transaction, const dynamodb::StreamDescription& stream, RunningTime now) {
  for (const std::uint64_t number : shardsToErase(transaction, stream, now)) {
    transaction.erase(dynamodb::shardKey(stream.id, number));
  }
  if (isOver(stream, now)) transaction.erase(dynamodb::streamDescriptionKey(stream.arn));
}

}  // namespace

Retention::Retention(dynamodb::Context& context, Sweeper::Warn warn)
    : sweeper_(context.clock, std::move(warn), [&context] { return sweep(context); }) {}

RunningTime Retention::sweep(dynamodb::Context& context) {
  const RunningTime now = context.clock.runningTime();
  const auto snapshot = context.store.snapshot();
  int commands = 0;
  for (const dynamodb::StreamDescription& stream : allStreams(*snapshot)) {
    bool done = !holdsTrimmed(*snapshot, stream, now);
    while (!done) {
      if (commands++ == limits::kCommandsPerSweep) return now;
      context.store.writeAndWait([&](Transaction& transaction) {
        done = eraseRecords(transaction, stream, now);
        if (done) eraseShards(transaction, stream, now);
      });
    }
  }
  return now + limits::kRetentionSweep;
}

}  // namespace ddblog::streams
