// What a group of consumers shares, as items of a table:
//
//   pk subscription#<group>
//   sk group            streamArn S, state S (catchingUp, following), owner S, counter N, aliveAt S
//                       scans BOOL, positioned BOOL, cursor S (of the scan): while the group catches up
//   sk shard#<shardId>  owner S, counter N, sequenceNumber S (handled up to here), finished BOOL,
//                       wantedBy S (who asks the owner to hand over)
//
// Who owns an item changes its counter regularly. Every write is conditional on owner or counter: a
// consumer that was taken for dead learns that from its next write.
"use strict";

const { ServiceError } = require("../errors.js");

const names = (...all) => Object.fromEntries(all.map((name) => [`#${name}`, name]));

const groupKey = "group";
const shardPrefix = "shard#";
const farAhead = 1_000_000; // of any counter that an owner may have by now

class GroupState {
  #transport;
  #table;
  #pk;

  constructor({ transport, table, group }) {
    this.#transport = transport;
    this.#table = table;
    this.#pk = { S: `subscription#${group}` };
  }

  // --- the group ---

  async group() {
    const { Item } = await this.#call("GetItem", { Key: this.#key(groupKey), ConsistentRead: true });
    return Item ? this.#groupOf(Item) : null;
  }

  /**
   * Makes `owner` the one who catches up, unless the group has changed since it was read. Returns
   * the group, or null.
   */
  async beginCatchUp(group, owner, { streamArn, scans }) {
    return this.#change(groupKey, group, {
      set: { state: { S: "catchingUp" }, owner: { S: owner }, streamArn: { S: streamArn }, scans: { BOOL: scans } },
      remove: ["cursor", "positioned"],
    }).then((item) => item && this.#groupOf(item));
  }

  /** Takes over the catching up of an owner that is gone. */
  async takeCatchUp(group, owner) {
    return this.#change(groupKey, group, { set: { owner: { S: owner } } }).then((item) => item && this.#groupOf(item));
  }

  /**
   * Says that the owner goes on: where its scan is (an item's key), and whether the positions are
   * saved.
   */
  async keepCatchingUp(group, { cursor, positioned } = {}) {
    const set = {};
    if (cursor) set.cursor = { S: JSON.stringify(cursor) };
    if (positioned) set.positioned = { BOOL: true };
    return this.#change(groupKey, group, { set }).then((item) => item && this.#groupOf(item));
  }

  /** Lets another consumer go on at once. */
  async releaseCatchUp(group) {
    await this.#change(groupKey, group, { set: {}, remove: ["owner"] });
  }

  async endCatchUp(group, aliveAt) {
    const set = { state: { S: "following" }, aliveAt: { S: aliveAt } };
    const remove = ["owner", "cursor", "positioned"];
    return this.#change(groupKey, group, { set, remove }).then((item) => item && this.#groupOf(item));
  }

  /** Says when the group was last alive, while it follows the stream. */
  async sayAlive(aliveAt) {
    await this.#update(groupKey, {
      set: { aliveAt: { S: aliveAt } },
      condition: "#state = :following",
      names: names("state"),
      values: { ":following": { S: "following" } },
    });
  }

  // --- shards ---

  async leases() {
    const leases = [];
    let ExclusiveStartKey;
    do {
      const page = await this.#call("Query", {
        ConsistentRead: true,
        KeyConditionExpression: "pk = :pk AND begins_with(sk, :shard)",
        ExpressionAttributeValues: { ":pk": this.#pk, ":shard": { S: shardPrefix } },
        ExclusiveStartKey,
      });
      leases.push(...page.Items.map(leaseOf));
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey);
    return leases;
  }

  /**
   * Replaces the positions of all shards: {shardId, sequenceNumber, finished}. Nobody owns a shard
   * afterwards.
   */
  async replaceLeases(positions) {
    const left = new Map((await this.leases()).map((lease) => [lease.shardId, lease]));
    for (const { shardId, sequenceNumber, finished } of positions) {
      const counter = (left.get(shardId)?.counter ?? 0) + farAhead;
      const Item = { ...this.#key(shardPrefix + shardId), counter: { N: String(counter) } };
      if (sequenceNumber) Item.sequenceNumber = { S: sequenceNumber };
      if (finished) Item.finished = { BOOL: true };
      await this.#call("PutItem", { Item });
      left.delete(shardId);
    }
    for (const shardId of left.keys()) await this.deleteLease(shardId);
  }

  async deleteLease(shardId) {
    await this.#call("DeleteItem", { Key: this.#key(shardPrefix + shardId) });
  }

  /**
   * A lease of a shard that nobody has read, owned by `owner`. Returns null if another consumer was
   * faster.
   */
  async createLease(shardId, owner) {
    return this.#lease(this.#change(shardPrefix + shardId, null, { set: { owner: { S: owner } } }));
  }

  /** Makes `owner` the owner, if nobody has changed the lease since it was read. */
  async takeLease(lease, owner) {
    const set = { owner: { S: owner } };
    return this.#lease(this.#change(shardPrefix + lease.shardId, lease, { set, remove: ["wantedBy"] }));
  }

  /** Renews a lease, and saves what was handled. Returns null if another consumer has it now. */
  async keepLease(lease, { sequenceNumber, finished } = {}) {
    const set = {};
    if (sequenceNumber) set.sequenceNumber = { S: sequenceNumber };
    if (finished) set.finished = { BOOL: true };
    return this.#lease(this.#change(shardPrefix + lease.shardId, lease, { set }));
  }

  /** Gives a lease to whoever wants it, or to nobody. */
  async releaseLease(lease) {
    const to =
      lease.wantedBy && lease.wantedBy !== lease.owner
        ? { set: { owner: { S: lease.wantedBy } }, remove: ["wantedBy"] }
        : null;
    return this.#change(shardPrefix + lease.shardId, lease, to ?? { set: {}, remove: ["owner", "wantedBy"] });
  }

  /** Asks the owner of a lease to hand over. */
  async askForLease(lease, by) {
    return this.#update(shardPrefix + lease.shardId, {
      set: { wantedBy: { S: by } },
      condition: "#owner = :owner AND attribute_not_exists(#wantedBy)",
      names: names("owner", "wantedBy"),
      values: { ":owner": { S: lease.owner } },
    });
  }

  // --- items ---

  #key(sk) {
    return { pk: this.#pk, sk: { S: sk } };
  }

  #groupOf(item) {
    return {
      streamArn: item.streamArn?.S,
      state: item.state?.S,
      owner: item.owner?.S,
      counter: Number(item.counter?.N ?? 0),
      aliveAt: item.aliveAt?.S,
      scans: item.scans?.BOOL ?? true,
      positioned: item.positioned?.BOOL ?? false,
      cursor: item.cursor && JSON.parse(item.cursor.S),
    };
  }

  #lease(changed) {
    return changed.then((item) => item && leaseOf(item));
  }

  /**
   * Changes an item that still has the counter that was read (null: that does not exist), and
   * counts on.
   */
  #change(sk, read, { set, remove }) {
    const values = read ? { ":read": { N: String(read.counter) } } : {};
    return this.#update(sk, {
      set: { ...set, counter: { N: String((read?.counter ?? 0) + 1) } },
      remove,
      condition: read ? "#counter = :read" : "attribute_not_exists(pk)",
      names: names("counter"),
      values,
    });
  }

  /** The item as it is afterwards, or null if the condition did not hold. */
  async #update(sk, { set, remove = [], condition, names: conditionNames, values }) {
    const sets = Object.keys(set).map((name) => `#${name} = :${name}`);
    const removes = remove.map((name) => `#${name}`);
    try {
      const answer = await this.#call("UpdateItem", {
        Key: this.#key(sk),
        UpdateExpression: `SET ${sets.join(", ")}${removes.length > 0 ? ` REMOVE ${removes.join(", ")}` : ""}`,
        ConditionExpression: condition,
        ExpressionAttributeNames: { ...conditionNames, ...names(...Object.keys(set), ...remove) },
        ExpressionAttributeValues: {
          ...values,
          ...Object.fromEntries(Object.entries(set).map(([name, value]) => [`:${name}`, value])),
        },
        ReturnValues: "ALL_NEW",
      });
      return answer.Attributes;
    } catch (error) {
      if (error instanceof ServiceError && error.type === "ConditionalCheckFailedException") return null;
      throw error;
    }
  }

  #call(operation, request) {
    return this.#transport.call("dynamodb", operation, { TableName: this.#table, ...request });
  }
}

function leaseOf(item) {
  return {
    shardId: item.sk.S.slice(shardPrefix.length),
    owner: item.owner?.S,
    counter: Number(item.counter.N),
    sequenceNumber: item.sequenceNumber?.S,
    finished: item.finished?.BOOL ?? false,
    wantedBy: item.wantedBy?.S,
  };
}

module.exports = { GroupState };
