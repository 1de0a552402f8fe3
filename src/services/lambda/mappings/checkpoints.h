// The progress of an event source mapping: the last processed record for each shard and lane.
//
//   kMappings  1 <function> <source>                         when the mapping was changed last, its UUID
//   kMappings  2 <UUID> <ARN> <shard> <lanes> <lane>         flags: 1: the shard is finished, 2: a window is
//                                                            open; the window if so; the last position
//
// A lane is one of the ParallelizationFactor parts into which a shard's records are split by their
// order key. If that number changes, all lanes start at the position of the slowest old lane: some
// records are delivered again, none is skipped.
//
// Thread safety: immutable after find() or open(), which, like all writes, runs on the writer thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "store/store.h"

namespace ddblog::lambda {

struct Checkpoint {
  std::string after;        // a position; empty: before the oldest record
  bool finished = false;    // the shard is closed and was read to its end
  std::string window = {};  // the open tumbling window (tumbling_window.h); empty: none
};

class Checkpoints {
 public:
  // `source`: the EventSourceArn as given. Together with the function it identifies the mapping.
  Checkpoints(std::string function_name, std::string source, int lanes);

  // Finds the mapping; false: it was not created yet. Call this or open() before anything else.
  bool find(const Reader& reader);
  // Finds or creates the mapping; true: it was created.
  bool open(Transaction& transaction, Ids& ids, Timestamp now);
  const std::string& uuid() const { return uuid_; }
  Timestamp modifiedAt() const { return modified_at_; }

  // The mapping's UUID, without any checkpoint.
  static void putIdentity(Transaction& transaction, std::string_view function_name, std::string_view source,
                          std::string_view uuid, Timestamp now);
  static void eraseIdentity(Transaction& transaction, std::string_view function_name, std::string_view source);
  // Erases the checkpoints of a mapping.
  static void eraseAll(Transaction& transaction, std::string_view uuid);

  std::optional<Checkpoint> find(const Reader& reader, std::string_view arn, std::string_view shard_id, int lane) const;
  void put(Transaction& transaction, std::string_view arn, std::string_view shard_id, int lane,
           const Checkpoint& checkpoint) const;
  // Converts the checkpoints of another number of lanes.
  void adaptLanes(Transaction& transaction) const;
  // Erases the checkpoints of shards that are not in `shard_ids`.
  void forgetOthers(Transaction& transaction, std::string_view arn, const std::vector<std::string>& shard_ids) const;

 private:
  std::string key(std::string_view arn, std::string_view shard_id, int lane) const;
  std::string prefix() const;

  const std::string function_name_;
  const std::string source_;
  const int lanes_;
  std::string uuid_;
  Timestamp modified_at_;
};

}  // namespace ddblog::lambda
