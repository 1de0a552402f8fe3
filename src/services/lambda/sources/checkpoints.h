// How far an event source mapping has read: for each shard and lane the last record that is done.
//
//   kMappings  1 <function> <source>                         when the mapping was created, its UUID
//   kMappings  2 <UUID> <ARN> <shard> <lanes> <lane>         whether the shard is finished, the last position
//
// A lane is one of the ParallelizationFactor parts into which a shard's records are dealt by their
// order key. If that number changes, all lanes begin where the slowest of the old ones was: some
// records come again, none is left out.
//
// Thread safety: immutable after open(), which belongs on the writer thread as all writes do.
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
  std::string after;      // a position; empty: from the oldest record
  bool finished = false;  // the shard is closed and read to its end
};

class Checkpoints {
 public:
  // `source`: what identifies the mapping together with the function: the EventSourceArn as given.
  Checkpoints(std::string function_name, std::string source, int lanes);

  // Finds the mapping or creates it; true: it was created now. To be called before anything else.
  bool open(Transaction& transaction, Ids& ids, Timestamp now);
  const std::string& uuid() const { return uuid_; }
  Timestamp createdAt() const { return created_at_; }

  std::optional<Checkpoint> find(const Reader& reader, std::string_view arn, std::string_view shard_id, int lane) const;
  void put(Transaction& transaction, std::string_view arn, std::string_view shard_id, int lane,
           const Checkpoint& checkpoint) const;
  // Turns the checkpoints of another number of lanes into this one's.
  void adaptLanes(Transaction& transaction) const;
  // Forgets the shards that are no longer among `shard_ids`.
  void forgetOthers(Transaction& transaction, std::string_view arn, const std::vector<std::string>& shard_ids) const;

 private:
  std::string key(std::string_view arn, std::string_view shard_id, int lane) const;
  std::string prefix() const;

  const std::string function_name_;
  const std::string source_;
  const int lanes_;
  std::string uuid_;
  Timestamp created_at_;
};

}  // namespace ddblog::lambda
