// Who reads what: the group's own item, and the leases of its shards with their checkpoints.
//
//   pk             S     subscription#<group>
//
//   sk             S     group
//   streamArn      S     the table's stream that the group follows
//   state          S     catchingUp (it reads the table), or following
//   owner          S     the consumer that catches up; absent: given back
//   counter        N     grows with every heartbeat of the owner
//   aliveAt        S     ISO 8601: a consumer followed the stream then, or saved the positions
//   scans          BOOL  while it catches up: false if it only looks where the shards end
//   positioned     BOOL  while it catches up: the leases say where the shards ended before the scan
//   cursor         S     while it catches up: the key after which the scan goes on, as JSON
//
//   sk             S     shard#<shardId>
//   owner          S     the consumer that reads it; absent: given back
//   counter        N     grows with every heartbeat; a lease whose counter stands still is taken over
//   sequenceNumber S     of the last record that was handled; absent: the shard's beginning
//   emptyAt        S     ISO 8601, without a sequenceNumber: all records before this time are handled
//   finished       BOOL  read to its end
//   wantedBy       S     the consumer that asks the owner to hand the shard over
//
// The libraries for Node.js and Python write the same items, so consumers of different languages can
// share a group. Every write has a condition on the owner or the counter: a consumer that was taken
// for dead learns that from its next write.
//
// All methods throw what Transport::call throws. Thread safety: any thread may call any method.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "clients/cpp/src/subscription/group_table.h"

namespace ddblog {

inline constexpr std::string_view kGroupKey = "group";
inline constexpr std::string_view kShardKey = "shard#";

// Of a shard. Empty texts: the attribute is absent.
struct Lease {
  std::string sk;
  std::string owner = {};
  std::uint64_t counter = 0;
  std::string sequence_number = {};
  bool is_finished = false;
  std::string wanted_by = {};
  std::string empty_at = {};

  std::string shardId() const { return sk.substr(kShardKey.size()); }
};

struct Group {
  std::string stream_arn;
  bool is_following = false;
  std::string owner = {};
  std::uint64_t counter = 0;
  std::string alive_at = {};
  bool scans = true;
  bool is_positioned = false;
  std::string position = {};  // a key as JSON; empty: the table's beginning
};

using Leases = std::map<std::string, Lease>;  // by sort key

class GroupItems {
 public:
  explicit GroupItems(const GroupTable& table) : table_(table) {}  // the table must outlive it

  // --- the group ---

  std::optional<Group> group() const;
  // Has a consumer read the whole table, unless the group has changed since it was read. False if it
  // has.
  bool beginCatchUp(const std::optional<Group>& read, const std::string& worker, const std::string& stream_arn,
                    bool scans) const;
  // Takes the catch-up over if the group still is as it was read. False if it is not.
  bool takeCatchUp(const Group& read, const std::string& worker) const;
  // Says that the leases have the positions where the shards ended, or later ones, at a time. False
  // if another consumer catches up.
  bool sayPositioned(const std::string& worker, const std::string& since) const;
  // False if another consumer catches up.
  bool endCatchUp(const std::string& worker, const std::string& now) const;
  // Says that a consumer follows the stream.
  void sayAlive(const std::string& now) const;

  // --- leases ---

  Leases leases() const;
  // False if there is a lease already.
  bool create(const Lease& lease) const;
  // Writes a lease in place of what was read there (nullptr: nothing); whoever has it loses it. False
  // if the worker no longer is the one that catches up.
  bool replace(const std::string& worker, const Lease& lease, const Lease* read) const;
  // Removes a lease during a catch-up. False as above.
  bool discard(const std::string& worker, std::string_view sk) const;
  void remove(std::string_view sk) const { table_.remove(sk); }
  // Takes a lease over if it still is as it was seen. False if it is not.
  bool take(const Lease& lease, const std::string& worker) const;
  // Asks the owner of a lease to hand it over, unless another consumer has asked.
  void askFor(const Lease& lease, const std::string& worker) const;
  // Gives a consumer's own lease to the one that wants it. False if it is another's by now.
  bool handOver(const Lease& lease, const std::string& worker) const;
  // Writes to what a consumer owns: `changes`, and a heartbeat. False if it is another's by now.
  bool keep(const std::string& worker, std::string_view sk, GroupUpdate changes) const;

 private:
  bool catchingUp(const std::string& worker, const std::string& action) const;

  const GroupTable& table_;
};

}  // namespace ddblog
