#include "clients/cpp/src/subscription/shard_leases.h"

#include <algorithm>
#include <utility>

#include "base/clock.h"
#include "clients/cpp/src/event_item.h"

namespace ddblog {
namespace {

constexpr std::chrono::hours kLongestAbsence{20};  // the stream keeps its records for 24 hours, and clocks differ
constexpr int kEmptyPages = 100;                   // of a shard, one after another: then it has no record before them

std::string skOf(const Shard& shard) { return std::string(kShardKey) + shard.id; }

const Lease* leaseOf(const Leases& leases, const std::string& sk) {
  const auto found = leases.find(sk);
  return found == leases.end() ? nullptr : &found->second;
}

// Whether it is not finished, and its parent is (or is gone).
bool isReadable(const Shard& shard, const std::vector<Shard>& shards, const Leases& leases) {
  const Lease* lease = leaseOf(leases, skOf(shard));
  if (lease && lease->is_finished) return false;
  const auto parent = std::ranges::find(shards, shard.parent, &Shard::id);
  if (shard.parent.empty() || parent == shards.end()) return true;
  const Lease* of_parent = leaseOf(leases, skOf(*parent));
  return of_parent && of_parent->is_finished;
}

}  // namespace

bool ShardLeases::isPast(const Time& last) const {
  return !last || environment_.steady() - *last >= options_.duration / 3;
}

bool ShardLeases::isTooOld(const std::string& time) const {
  return fromIso8601(environment_.timestamp()) - fromIso8601(time) > kLongestAbsence;
}

void ShardLeases::renew() {
  renewed_ = environment_.steady();
  if (catch_up_) keep(std::string(kGroupKey), {});
  const Leases held = own_;
  for (const auto& [sk, lease] : held) {
    GroupUpdate changes;
    if (lease.sequence_number.empty() && !lease.empty_at.empty()) {
      changes.set("emptyAt", stringAttribute(lease.empty_at));
    }
    keep(sk, changes);
  }
}

void ShardLeases::giveBack() {
  if (catch_up_) {
    keep(std::string(kGroupKey), GroupUpdate().remove("owner"));
    catch_up_.reset();
  }
  const Leases held = own_;
  for (const auto& [sk, lease] : held) {
    keep(sk, GroupUpdate().remove("owner").remove("wantedBy"));
    drop(sk);
  }
}

bool ShardLeases::share() {
  shared_ = environment_.steady();
  const std::string arn = stream_.look();
  // Before the group: if it says that it follows the stream, no lease is older than its catch-up.
  const Leases leases = group_.leases();
  last_look_ = group_.group();
  observe(last_look_, leases);
  lookAt(last_look_, leases, arn);
  return std::exchange(has_dropped_, false);
}

void ShardLeases::lookAt(const std::optional<Group>& group, const Leases& leases, const std::string& arn) {
  if (!group || group->stream_arn != arn || wasAway(*group)) return startOver();
  if (!group->is_following) return joinCatchUp(*group);
  is_caught_up_ = true;
  catch_up_.reset();
  const std::string now = environment_.timestamp();
  group_.sayAlive(now);
  shareShards(leases, group->alive_at.empty() ? now : group->alive_at);
}

// --- catching up ---

void ShardLeases::startOver() {
  catchUpOnly();
  shared_.reset();
  catch_up_.reset();
  const std::string arn = stream_.look();
  const bool scans = !options_.only_new || last_look_.has_value();  // who has missed something scans
  if (group_.beginCatchUp(last_look_, options_.worker, arn, scans)) {
    catch_up_ = Group{.stream_arn = arn, .owner = options_.worker, .scans = scans};
  }
}

void ShardLeases::savePositions(const std::function<void()>& beat) {
  const std::string now = environment_.timestamp();
  const std::vector<Shard> shards = stream_.shards();
  const Leases before = group_.leases();
  const auto lost = [&] { drop(std::string(kGroupKey)); };
  for (const auto& [sk, lease] : before) {
    const bool is_there = std::ranges::any_of(shards, [&sk = sk](const Shard& shard) { return skOf(shard) == sk; });
    if (!is_there && !group_.discard(options_.worker, sk)) return lost();
  }
  for (const Shard& shard : shards) {
    const ShardEnd end = stream_.endOf(shard, beat);
    const Lease lease{
        .sk = skOf(shard), .sequence_number = end.sequence_number, .is_finished = end.is_final, .empty_at = now};
    if (!group_.replace(options_.worker, lease, leaseOf(before, lease.sk))) return lost();
  }
  if (!group_.sayPositioned(options_.worker, now)) return lost();
  if (catch_up_) catch_up_->is_positioned = true;
}

void ShardLeases::scanned(const std::string& position) {
  if (!catch_up_) return;
  catch_up_->position = position;
  keep(std::string(kGroupKey), GroupUpdate().set("cursor", stringAttribute(position)));
}

void ShardLeases::endCatchUp() {
  group_.endCatchUp(options_.worker, environment_.timestamp());  // false: another consumer goes on
  drop(std::string(kGroupKey));
  shared_.reset();
}

void ShardLeases::joinCatchUp(const Group& group) {
  catchUpOnly();
  if (group.owner != options_.worker) catch_up_.reset();
  if (catch_up_) return;
  if (group.owner.empty() || group.owner == options_.worker || isOver(std::string(kGroupKey))) {
    if (group_.takeCatchUp(group, options_.worker)) catch_up_ = group;
  }
}

// Forgets the shards: whoever catches up replaces their leases.
void ShardLeases::catchUpOnly() {
  is_caught_up_ = false;
  const Leases held = std::exchange(own_, {});
  for (const auto& [sk, lease] : held) drop(sk);
}

// --- reading ---

void ShardLeases::reached(const std::string& sk, const std::string& sequence_number) {
  keep(sk, GroupUpdate().set("sequenceNumber", stringAttribute(sequence_number)));
  const auto found = own_.find(sk);
  if (found != own_.end()) found->second.sequence_number = sequence_number;
}

void ShardLeases::wasEmpty(const std::string& sk, const std::string& before) {
  const auto found = own_.find(sk);
  if (found == own_.end() || !stream_.isReading(found->second.shardId())) {
    empty_pages_.erase(sk);  // the next one begins at the shard's beginning
    return;
  }
  if (++empty_pages_[sk] >= kEmptyPages) found->second.empty_at = before;
}

void ShardLeases::finished(const std::string& sk) { keep(sk, GroupUpdate().set("finished", R"({"BOOL":true})")); }

bool ShardLeases::mayHaveMissed(const Lease& lease) const {
  return lease.sequence_number.empty() && !lease.empty_at.empty() && isTooOld(lease.empty_at);
}

// --- sharing ---

// `alive_at`: when the group last looked; a shard without a lease is younger.
void ShardLeases::shareShards(const Leases& leases, const std::string& alive_at) {
  const std::vector<Shard> shards = stream_.shards();
  keepOwn(leases);
  if (!tidy(leases, shards)) return;
  std::vector<Shard> readable;
  std::vector<Lease> there;  // their leases
  for (const Shard& shard : shards) {
    if (!isReadable(shard, shards, leases)) continue;
    readable.push_back(shard);
    const Lease* lease = leaseOf(leases, skOf(shard));
    if (!lease) continue;
    there.push_back(*lease);
    // One that another consumer has handed over.
    if (lease->owner == options_.worker && !own_.contains(lease->sk)) take(*lease);
  }
  std::set<std::string> consumers = {options_.worker};
  for (const auto& [sk, lease] : leases) {
    if (!lease.is_finished && !isFree(lease)) consumers.insert(lease.owner);
  }
  takeShare(readable, leases, consumers.size(), alive_at);
  askTheRichest(there, readable.size() / consumers.size());
}

// Takes free shards until this consumer has its share.
void ShardLeases::takeShare(const std::vector<Shard>& readable, const Leases& leases, std::size_t consumers,
                            const std::string& alive_at) {
  const std::size_t share = (readable.size() + consumers - 1) / consumers;
  for (const Shard& shard : readable) {
    if (own_.size() >= share) break;
    const Lease* lease = leaseOf(leases, skOf(shard));
    if (!lease) {
      create({.sk = skOf(shard), .owner = options_.worker, .empty_at = alive_at});
    } else if (lease->owner != options_.worker && isFree(*lease)) {
      take(*lease);
    }
  }
}

void ShardLeases::askTheRichest(const std::vector<Lease>& leases, std::size_t share) {
  std::size_t coming = own_.size();
  std::map<std::string, std::vector<const Lease*>> staying;  // by owner
  for (const Lease& lease : leases) {
    if (own_.contains(lease.sk)) continue;
    if (lease.wanted_by == options_.worker) ++coming;
    if (lease.wanted_by.empty() && !lease.owner.empty()) staying[lease.owner].push_back(&lease);
  }
  if (coming >= share || staying.empty()) return;
  const auto richest =
      std::ranges::max_element(staying, {}, [](const auto& of_owner) { return of_owner.second.size(); });
  if (richest->second.size() > coming + 1) group_.askFor(*richest->second.front(), options_.worker);
}

// Removes the leases of shards that are gone. If one was not read to its end, events may be missing:
// then the group reads the table again, and this returns false.
bool ShardLeases::tidy(const Leases& leases, const std::vector<Shard>& shards) {
  for (const auto& [sk, lease] : leases) {
    if (std::ranges::any_of(shards, [&sk = sk](const Shard& shard) { return skOf(shard) == sk; })) continue;
    if (!lease.is_finished) {
      startOver();
      return false;
    }
    group_.remove(sk);
  }
  return true;
}

// --- leases ---

void ShardLeases::observe(const std::optional<Group>& group, const Leases& leases) {
  const std::chrono::milliseconds now = environment_.steady();
  std::map<std::string, Seen> seen;
  const auto see = [&](const std::string& sk, const std::string& owner, std::uint64_t counter) {
    const auto before = seen_.find(sk);
    const bool stands_still =
        before != seen_.end() && before->second.owner == owner && before->second.counter == counter;
    seen[sk] = {owner, counter, stands_still ? before->second.since : now};
  };
  if (group) see(std::string(kGroupKey), group->owner, group->counter);
  for (const auto& [sk, lease] : leases) see(sk, lease.owner, lease.counter);
  seen_ = std::move(seen);
}

// Whether the owner has not been heard of for the lease's length.
bool ShardLeases::isOver(const std::string& sk) const {
  return environment_.steady() - seen_.at(sk).since >= options_.duration;
}

// Forgets the shards that are this consumer's no more, and hands over those that others ask for.
void ShardLeases::keepOwn(const Leases& leases) {
  const Leases held = own_;
  for (const auto& [sk, mine] : held) {
    const Lease* lease = leaseOf(leases, sk);
    if (!lease || lease->owner != options_.worker || lease->is_finished) {
      drop(sk);
    } else if (!lease->wanted_by.empty() && lease->wanted_by != options_.worker) {
      group_.handOver(*lease, options_.worker);  // false: another consumer has it already
      drop(sk);
    }
  }
}

void ShardLeases::create(const Lease& lease) {
  if (group_.create(lease)) own_.insert_or_assign(lease.sk, lease);
}

void ShardLeases::take(const Lease& lease) {
  if (!group_.take(lease, options_.worker)) return;
  stream_.forget(lease.shardId());
  own_.insert_or_assign(lease.sk, lease);
}

// Writes to what this consumer owns; forgets it if it is another's by now.
void ShardLeases::keep(const std::string& sk, const GroupUpdate& changes) {
  if (!group_.keep(options_.worker, sk, changes)) drop(sk);
}

void ShardLeases::drop(const std::string& sk) {
  if (sk == kGroupKey) {
    catch_up_.reset();
    return;
  }
  has_dropped_ = true;
  own_.erase(sk);
  empty_pages_.erase(sk);
  stream_.forget(sk.substr(kShardKey.size()));
}

}  // namespace ddblog
