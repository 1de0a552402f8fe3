// Events that a handler has failed, and those of the same streams behind them. The events themselves
// stay in the log.
//
//   pk subscription#<group>   sk parked#<pk of the stream>#<version, 16 digits>, or, because a sort key has
//                                at most 1,024 bytes: parked#sha256:<digest of the pk, hex>#<version>
//   stream S, log S, id S, version N, type S, error S (why, or that it waits behind another one)
//   attempts N, parkedAt S
"use strict";

const { createHash } = require("node:crypto");
const { ServiceError } = require("../errors.js");
const { keyOf } = require("../event-item.js");
const { parseStreamKey } = require("../names.js");
const limits = require("../limits.js");

const prefix = "parked#";
const versionDigits = 16;

/** What the sort keys of a stream's parked events begin with. */
function beginOf(pk) {
  const begin = `${prefix}${pk}#`;
  if (Buffer.byteLength(begin) + versionDigits <= limits.sortKeyBytes) return begin;
  return `${prefix}sha256:${createHash("sha256").update(pk).digest("hex")}#`;
}

const sortKey = (pk, version) => ({ S: beginOf(pk) + String(version).padStart(versionDigits, "0") });

class ParkedEvents {
  #transport;
  #table;
  #logTable;
  #pk;
  #environment;

  constructor({ transport, table, logTable, group, environment }) {
    this.#transport = transport;
    this.#table = table;
    this.#logTable = logTable;
    this.#pk = { S: `subscription#${group}` };
    this.#environment = environment;
  }

  /** `type`: of the event; undefined if its item has none. */
  async park(pk, version, { type, error, attempts }) {
    await this.#call("PutItem", { Item: this.#itemOf(pk, version, { type, error, attempts }) });
  }

  /** Parks an event because an earlier one of its stream is; leaves it as it is if it is parked already. */
  async parkBehind(pk, version, type) {
    const error = "It waits behind an earlier event of its stream.";
    const Item = this.#itemOf(pk, version, { type, error, attempts: 0 });
    try {
      await this.#call("PutItem", { Item, ConditionExpression: "attribute_not_exists(pk)" });
    } catch (error) {
      if (!(error instanceof ServiceError && error.type === "ConditionalCheckFailedException")) throw error;
    }
  }

  #itemOf(pk, version, { type, error, attempts }) {
    const { log, id } = parseStreamKey(pk);
    return {
      pk: this.#pk,
      sk: sortKey(pk, version),
      stream: { S: pk },
      log: { S: log },
      id: { S: id },
      version: { N: String(version) },
      ...(type !== undefined && { type: { S: type } }),
      error: { S: String(error).slice(0, 10_000) },
      attempts: { N: String(attempts) },
      parkedAt: { S: new Date(this.#environment.now()).toISOString() },
    };
  }

  async unpark({ pk, version }) {
    await this.#call("DeleteItem", { Key: { pk: this.#pk, sk: sortKey(pk, version) } });
  }

  /** Whether an event of the stream is parked. */
  async has(pk) {
    for await (const one of this.#query(pk)) return Boolean(one);
    return false;
  }

  /**
   * {log, id, pk, version, type, error, attempts, parkedAt} of all parked events, each stream in order.
   */
  list(pk) {
    return this.#query(pk);
  }

  /** The item of a parked event in the log; undefined if it has expired. */
  async itemOf({ pk, version }) {
    const request = { TableName: this.#logTable, Key: keyOf(pk, version), ConsistentRead: true };
    return (await this.#transport.call("dynamodb", "GetItem", request)).Item;
  }

  async *#query(pk) {
    // Ids may contain anything, so the keys of another stream may begin like this one's.
    const only = pk && { FilterExpression: "#stream = :stream", ExpressionAttributeNames: { "#stream": "stream" } };
    let ExclusiveStartKey;
    do {
      const page = await this.#call("Query", {
        ConsistentRead: true,
        KeyConditionExpression: "pk = :pk AND begins_with(sk, :prefix)",
        ExpressionAttributeValues: {
          ":pk": this.#pk,
          ":prefix": { S: pk ? beginOf(pk) : prefix },
          ...(pk && { ":stream": { S: pk } }),
        },
        ...only,
        ExclusiveStartKey,
      });
      for (const { stream, version, type, error, attempts, parkedAt } of page.Items) {
        yield {
          ...parseStreamKey(stream.S),
          pk: stream.S,
          version: Number(version.N),
          type: type?.S,
          error: error.S,
          attempts: Number(attempts.N),
          parkedAt: parkedAt.S,
        };
      }
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey);
  }

  #call(operation, request) {
    return this.#transport.call("dynamodb", operation, { TableName: this.#table, ...request });
  }
}

module.exports = { ParkedEvents };
