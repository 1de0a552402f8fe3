// What a group of consumers shares, as items of a table:
//
//   pk subscription#<group>
//   sk group            streamArn S, state S (catchingUp, following), owner S, counter N
//                       aliveAt S (when the positions were saved, then when the stream was followed)
//                       scans BOOL, positioned BOOL, cursor S (of the scan): while the group catches up
//   sk shard#<shardId>  owner S, counter N, sequenceNumber S (handled up to here), finished BOOL,
//                       wantedBy S (who asks the owner to hand over)
//                       emptyAt S (without sequenceNumber: the shard had no records then)
//
// Who owns an item changes its counter regularly. Every write is conditional on owner or counter: a
// consumer that was taken for dead learns that from its next write.
"use strict";

const { ServiceError } = require("../errors.js");
const limits = require("../limits.js");

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
      remove: ["cursor", "positioned", "aliveAt"],
    }).then((item) => item && this.#groupOf(item));
  }

  /** Takes over the catching up of an owner that is gone. */
  async takeCatchUp(group, owner) {
    return this.#change(groupKey, group, { set: { owner: { S: owner } } }).then((item) => item && this.#groupOf(item));
  }

  /**
   * Says that the owner goes on: where its scan is (an item's key), and since when (ISO 8601) the
   * positions are those of the shards.
   */
  async keepCatchingUp(group, { cursor, positionedAt } = {}) {
    const set = {};
    if (cursor) set.cursor = { S: JSON.stringify(cursor) };
    if (positionedAt) Object.assign(set, { positioned: { BOOL: true }, aliveAt: { S: positionedAt } });
    return this.#change(groupKey, group, { set }).then((item) => item && this.#groupOf(item));
  }

  /** Lets another consumer go on at once. */
  async releaseCatchUp(group) {
    await this.#change(groupKey, group, { set: {}, remove: ["owner"] });
  }

  async endCatchUp(group) {
    const set = { state: { S: "following" } };
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
   * Replaces the positions of all shards: {shardId, sequenceNumber, finished, emptyAt}. Nobody owns
   * a shard afterwards. Returns false if somebody has changed the group since it was read.
   */
  async replaceLeases(group, positions) {
    const TableName = this.#table;
    const left = new Map((await this.leases()).map((lease) => [lease.shardId, lease]));
    const writes = positions.map(({ shardId, ...position }) => {
      const counter = (left.get(shardId)?.counter ?? 0) + farAhead;
      left.delete(shardId);
      const Item = { ...this.#key(shardPrefix + shardId), counter: { N: String(counter) }, ...attributesOf(position) };
      return { Put: { TableName, Item } };
    });
    for (const shardId of left.keys()) writes.push({ Delete: { TableName, Key: this.#key(shardPrefix + shardId) } });
    for (let i = 0; i < writes.length; i += limits.eventsPerAppend - 1) {
      if (!(await this.#writeIf(group, writes.slice(i, i + limits.eventsPerAppend - 1)))) return false;
    }
    return true;
  }

  async deleteLease(shardId) {
    await this.#call("DeleteItem", { Key: this.#key(shardPrefix + shardId) });
  }

  /**
   * A lease of a shard that nobody has read, owned by `owner`. Returns null if another consumer was
   * faster.
   */
  async createLease(shardId, owner, emptyAt) {
    const set = { owner: { S: owner }, ...attributesOf({ emptyAt }) };
    return this.#lease(this.#change(shardPrefix + shardId, null, { set }));
  }

  /** Makes `owner` the owner, if nobody has changed the lease since it was read. */
  async takeLease(lease, owner) {
    const set = { owner: { S: owner } };
    return this.#lease(this.#change(shardPrefix + lease.shardId, lease, { set, remove: ["wantedBy"] }));
  }

  /** Renews a lease, and saves what was handled. Returns null if another consumer has it now. */
  async keepLease(lease, position = {}) {
    const set = attributesOf(position);
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

  /** Writes all, if the group still has the counter that was read. Returns whether it has. */
  async #writeIf(group, writes) {
    const ConditionCheck = {
      TableName: this.#table,
      Key: this.#key(groupKey),
      ConditionExpression: "#counter = :read",
      ExpressionAttributeNames: names("counter"),
      ExpressionAttributeValues: { ":read": { N: String(group.counter) } },
    };
    try {
      await this.#transport.call("dynamodb", "TransactWriteItems", { TransactItems: [{ ConditionCheck }, ...writes] });
      return true;
    } catch (error) {
      if (error instanceof ServiceError && error.reasons?.[0]?.Code === "ConditionalCheckFailed") return false;
      throw error;
    }
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

function attributesOf({ sequenceNumber, finished, emptyAt }) {
  const attributes = {};
  if (sequenceNumber) attributes.sequenceNumber = { S: sequenceNumber };
  if (finished) attributes.finished = { BOOL: true };
  if (emptyAt) attributes.emptyAt = { S: emptyAt };
  return attributes;
}

function leaseOf(item) {
  return {
    shardId: item.sk.S.slice(shardPrefix.length),
    owner: item.owner?.S,
    counter: Number(item.counter.N),
    sequenceNumber: item.sequenceNumber?.S,
    finished: item.finished?.BOOL ?? false,
    emptyAt: item.emptyAt?.S,
    wantedBy: item.wantedBy?.S,
  };
}

module.exports = { GroupState };
