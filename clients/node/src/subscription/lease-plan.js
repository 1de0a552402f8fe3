// Which shards a consumer should take, so that the consumers of a group share them evenly. Pure,
// except that it remembers when it has seen a lease change.
"use strict";

class LeasePlan {
  #me;
  #duration;
  #seen = new Map(); // by shard: {mark, at}

  /**
   * `duration`: ms without a change after which an owner counts as dead, by this consumer's own
   * steady clock.
   */
  constructor({ me, duration }) {
    this.#me = me;
    this.#duration = duration;
  }

  /** Whether what `name` stands for has not changed for the lease's duration. */
  hasExpired(name, { owner, counter }, now) {
    const mark = `${owner}/${counter}`;
    const seen = this.#seen.get(name);
    if (seen?.mark === mark) return now - seen.at >= this.#duration;
    this.#seen.set(name, { mark, at: now });
    return false;
  }

  /**
   * `leases`: those of shards that can be read now. Returns {take: leases, ask: lease or
   * undefined}.
   */
  next(leases, now) {
    const isFree = (lease) => !lease.owner || (lease.owner !== this.#me && this.hasExpired(lease.shardId, lease, now));
    const free = leases.filter(isFree);
    const taken = leases.filter((lease) => !free.includes(lease));
    const shares = new Map([[this.#me, []]]);
    for (const lease of taken) shares.set(lease.owner, [...(shares.get(lease.owner) ?? []), lease]);
    const mine = shares.get(this.#me).length;
    const most = Math.ceil(leases.length / shares.size);
    const take = free.slice(0, Math.max(0, most - mine));
    if (free.length > 0 || mine >= Math.floor(leases.length / shares.size)) return { take };
    const [largest] = [...shares.values()].sort((a, b) => b.length - a.length);
    return { take, ask: largest.find((lease) => !lease.wantedBy) };
  }
}

/** Those of the leases whose shard is not finished, and the parents of whose shard are. */
function readable(leases, shards) {
  const parents = new Map(shards.map(({ shardId, parent }) => [shardId, parent]));
  const finished = new Map(leases.map((lease) => [lease.shardId, lease.finished]));
  const isReady = (shardId) => {
    const parent = parents.get(shardId);
    return !parent || !parents.has(parent) || finished.get(parent) === true;
  };
  return leases.filter((lease) => !lease.finished && isReady(lease.shardId));
}

/** The shards that have no lease yet, but can be read. */
function unread(leases, shards) {
  const byShard = new Map(leases.map((lease) => [lease.shardId, lease]));
  const known = new Set(shards.map(({ shardId }) => shardId));
  return shards.filter(
    ({ shardId, parent }) => !byShard.has(shardId) && (!parent || !known.has(parent) || byShard.get(parent)?.finished),
  );
}

module.exports = { LeasePlan, readable, unread };
