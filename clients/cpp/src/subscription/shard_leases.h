// Which shards a consumer reads: the leases of its group, shared evenly.
//
// A consumer renews its leases by a counter. Another one takes a lease over when the counter stood
// still for the lease's length, by its own steady clock: no clocks of two consumers are compared for
// that. A consumer with fewer shards than its share asks the one with most for a shard, which hands
// it over between two pages. A shard is read after its parent, and no shard before the group has
// caught up.
//
// A group catches up, by a scan of the table, when it is new, when the table has another stream, and
// when records may be gone: DynamoDB keeps them for 24 hours. One consumer does it.
//
// All methods throw what Transport::call throws. Thread safety: none; use it on one thread.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "clients/cpp/src/subscription/group_items.h"
#include "clients/cpp/src/subscription/table_stream.h"

namespace ddblog {

class ShardLeases {
 public:
  struct Options {
    std::string worker;
    std::chrono::milliseconds duration{0};
    bool only_new = false;  // a new group does not scan
  };

  // All of them must outlive it.
  ShardLeases(const GroupItems& group, TableStream& stream, Environment& environment, Options options)
      : group_(group), stream_(stream), environment_(environment), options_(std::move(options)) {}

  // Whether it is time for a heartbeat; whether it is time to look what other consumers do.
  bool isDue() const { return isPast(renewed_); }
  bool isDueToShare() const { return isPast(shared_); }

  // This consumer's own: the shards that it reads, by sort key, and the catch-up, if that is its.
  const Leases& own() const { return own_; }
  const std::optional<Group>& catchUp() const { return catch_up_; }
  bool has(std::string_view sk) const {
    return sk == kGroupKey ? catch_up_.has_value() : own_.contains(std::string(sk));
  }
  bool isCaughtUp() const { return is_caught_up_; }

  // A heartbeat of all that this consumer has; what another one has taken is forgotten.
  void renew();
  // Leaves what this consumer has to the others at once.
  void giveBack();
  // Looks at the group, and takes what this consumer should read. Returns whether it has lost a shard, or
  // left one, since it looked before: then others may have handled later events of its streams.
  bool share();

  // Has the group read the table again, unless it has changed since this consumer looked.
  void startOver();
  // Begins a catch-up: the leases of all shards say where these end now, so that an event is in the
  // scan that follows, or behind one of these positions, or both. Another consumer that catches up
  // by now looks at all shards itself; then has(kGroupKey) is false. `beat` may throw.
  void savePositions(const std::function<void()>& beat);
  // Says where the scan of the catch-up goes on: after this key, as JSON.
  void scanned(const std::string& position);
  // Lets the group follow the stream.
  void endCatchUp();

  // Says that a record was handled, and all before it.
  void reached(const std::string& sk, const std::string& sequence_number);
  // Says that a read, which began at that time (ISO 8601), found no record.
  void wasEmpty(const std::string& sk, const std::string& before);
  // Says that a shard is read to its end.
  void finished(const std::string& sk);
  // Whether records from the shard's beginning may be gone. Behind a sequence number, the stream says
  // so itself.
  bool mayHaveMissed(const Lease& lease) const;

 private:
  using Time = std::optional<std::chrono::milliseconds>;  // of the steady clock
  struct Seen {
    std::string owner;
    std::uint64_t counter = 0;
    std::chrono::milliseconds since{0};
  };

  bool isPast(const Time& last) const;
  bool isTooOld(const std::string& time) const;
  bool wasAway(const Group& group) const { return !group.alive_at.empty() && isTooOld(group.alive_at); }
  void joinCatchUp(const Group& group);
  void catchUpOnly();
  void lookAt(const std::optional<Group>& group, const Leases& leases, const std::string& arn);
  void shareShards(const Leases& leases, const std::string& alive_at);
  void keepOwn(const Leases& leases);
  bool tidy(const Leases& leases, const std::vector<Shard>& shards);
  void takeShare(const std::vector<Shard>& readable, const Leases& leases, std::size_t consumers,
                 const std::string& alive_at);
  void askTheRichest(const std::vector<Lease>& leases, std::size_t share);
  void observe(const std::optional<Group>& group, const Leases& leases);
  bool isOver(const std::string& sk) const;
  bool isFree(const Lease& lease) const { return lease.owner.empty() || isOver(lease.sk); }
  void create(const Lease& lease);
  void take(const Lease& lease);
  void keep(const std::string& sk, const GroupUpdate& changes);
  void drop(const std::string& sk);

  const GroupItems& group_;
  TableStream& stream_;
  Environment& environment_;
  const Options options_;
  std::map<std::string, Seen> seen_;        // by sort key
  std::map<std::string, int> empty_pages_;  // by sort key: read one after another
  Time renewed_, shared_;
  std::optional<Group> last_look_;
  Leases own_;
  std::optional<Group> catch_up_;
  bool is_caught_up_ = false;
  bool has_dropped_ = false;  // a shard, since the last look
};

}  // namespace ddblog
