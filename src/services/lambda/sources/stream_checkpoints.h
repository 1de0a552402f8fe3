// How far an event source mapping has come: for each shard and lane the last record that is done with.
//
//   kMappings  1 <function> <source>                           the mapping's UUID, and when it was made
//   kMappings  2 <UUID> <stream> <shard> <lanes> <lane>        whether the shard is finished, last sequence number
//
// A lane is one of the ParallelizationFactor parts that a shard's records are dealt into by their item. If that number
// changes, all lanes begin where the slowest of the old ones was: some records come again, none is left out.
//
// Thread safety: an immutable value; writes belong on the writer thread as all of them.
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
  std::string after;      // a sequence number; empty: from the oldest record
  bool finished = false;  // the shard is closed and read to its end
};

class StreamCheckpoints {
 public:
  // `source`: what identifies the mapping together with the function: the EventSourceArn as given.
  StreamCheckpoints(std::string function_name, std::string source, int lanes);

  // Finds the mapping or makes it; true: it was made now. Before anything else.
  bool open(Transaction& transaction, Ids& ids, Timestamp now);
  const std::string& uuid() const { return uuid_; }
  Timestamp createdAt() const { return created_at_; }

  std::optional<Checkpoint> find(const Reader& reader, std::string_view stream_arn, std::string_view shard_id,
                                 int lane) const;
  void put(Transaction& transaction, std::string_view stream_arn, std::string_view shard_id, int lane,
           const Checkpoint& checkpoint) const;
  // Turns the checkpoints of another number of lanes into this one's.
  void adaptLanes(Transaction& transaction) const;
  // Forgets the shards of a stream that are not among `shard_ids` any more.
  void forgetOthers(Transaction& transaction, std::string_view stream_arn,
                    const std::vector<std::string>& shard_ids) const;

 private:
  std::string key(std::string_view stream_arn, std::string_view shard_id, int lane) const;
  std::string prefix() const;

  const std::string function_name_;
  const std::string source_;
  const int lanes_;
  std::string uuid_;
  Timestamp created_at_;
};

}  // namespace ddblog::lambda
