// The source of an event source mapping, behind one interface: records in shards, in order within
// each shard. The reader implements batching, retries, bisecting and destinations once for all
// sources.
//
//   std::unique_ptr<EventSource> source = sources.open("arn:aws:dynamodb:…:table/logs/stream/latest");
//   for (const EventSource::Shard& shard : source->shards(*snapshot, *source->currentArn(*snapshot))) …
//
// A service with sources implements EventSourceProvider and registers it once; readers find sources
// by ARN.
//
// Thread safety: register before anything reads; an EventSource may be used from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "store/commit_notifier.h"
#include "store/store.h"

namespace ddblog::rpc {

class EventSource {
 public:
  struct Shard {
    std::string id;
    std::string parent_id;   // read the parent first; empty: none
    bool is_closed = false;  // it gets no further records
  };
  struct Record {
    std::string position;   // within its shard; positions sort as their bytes do
    std::string json;       // the record as the function's event contains it, an object, except for eventSourceARN
    std::string order_key;  // records with the same order key must be handled in order
    Timestamp created_at;
    RunningTime added_at;  // its age counts from here
  };

  virtual ~EventSource() = default;

  // The ARN to read now: the one that the source was opened with or, if that is an alias
  // (".../stream/latest"), the stream that it currently refers to. std::nullopt: nothing exists
  // yet.
  virtual std::optional<std::string> currentArn(const Reader& reader) const = 0;
  // Whether currentArn() can change.
  virtual bool follows() const = 0;

  // Parents before children. std::nullopt: nothing with this ARN exists (any more).
  virtual std::optional<std::vector<Shard>> shards(const Reader& reader, std::string_view arn) const = 0;
  // The records after `after` (empty: from the oldest) that are within their retention at `now`: at
  // most `max_records` and, unless the first record alone is larger, `max_bytes`.
  virtual std::vector<Record> read(const Reader& reader, std::string_view arn, std::string_view shard_id,
                                   std::string_view after, std::size_t max_records, std::size_t max_bytes,
                                   RunningTime now) const = 0;
  // How many records read() would return without limits; cheap, whatever their number.
  virtual std::uint64_t count(const Reader& reader, std::string_view arn, std::string_view shard_id,
                              std::string_view after, RunningTime now) const = 0;
  // The position of the newest record, where LATEST begins. Empty: there is none.
  virtual std::string lastPosition(const Reader& reader, std::string_view arn, std::string_view shard_id) const = 0;

  // Notified after each commit that adds a record.
  virtual CommitNotifier& added() = 0;
  // How long records are kept.
  virtual Duration retention() const = 0;
  // The source's name in log lines ("logs"), and what a reader waits for while currentArn() is
  // std::nullopt ("until table logs has a stream").
  virtual std::string name() const = 0;
  virtual std::string missing() const = 0;
  // The name of the on-failure record's member that describes the batch: "DDBStreamBatchInfo".
  virtual std::string_view batchInfoMember() const = 0;
};

class EventSourceProvider {
 public:
  virtual ~EventSourceProvider() = default;
  // nullptr: not an ARN of this provider.
  virtual std::unique_ptr<EventSource> open(const std::string& arn) = 0;
};

class QueueSource;
class QueueSourceProvider;

class EventSources {
 public:
  // Providers must outlive this.
  void add(EventSourceProvider& provider) { providers_.push_back(&provider); }
  void add(QueueSourceProvider& provider) { queue_providers_.push_back(&provider); }
  // nullptr: no service has such a source.
  std::unique_ptr<EventSource> open(const std::string& arn) const {
    for (EventSourceProvider* provider : providers_) {
      if (auto source = provider->open(arn)) return source;
    }
    return nullptr;
  }
  std::unique_ptr<QueueSource> openQueue(const std::string& arn) const;  // queue_source.h

 private:
  std::vector<EventSourceProvider*> providers_;
  std::vector<QueueSourceProvider*> queue_providers_;
};

}  // namespace ddblog::rpc
