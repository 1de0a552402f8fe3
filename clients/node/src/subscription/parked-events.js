// Events that a handler has failed, and those of the same streams behind them. The events themselves
// stay in the log.
//
//   pk subscription#<group>   sk parked#<pk of the stream>#<version, 16 digits>
//   stream S, version N, error S (why, or that it waits behind another one), attempts N, parkedAt S
"use strict";

const { keyOf } = require("../event-item.js");
const { parseStreamKey } = require("../names.js");

const prefix = "parked#";
const sortKey = (pk, version) => ({ S: `${prefix}${pk}#${String(version).padStart(16, "0")}` });

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

  async park(pk, version, { error, attempts }) {
    await this.#call("PutItem", {
      Item: {
        pk: this.#pk,
        sk: sortKey(pk, version),
        stream: { S: pk },
        version: { N: String(version) },
        error: { S: String(error).slice(0, 10_000) },
        attempts: { N: String(attempts) },
        parkedAt: { S: new Date(this.#environment.now()).toISOString() },
      },
    });
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
   * {log, id, pk, version, error, attempts, parkedAt} of all parked events, each stream in order.
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
          ":prefix": { S: pk ? `${prefix}${pk}#` : prefix },
          ...(pk && { ":stream": { S: pk } }),
        },
        ...only,
        ExclusiveStartKey,
      });
      for (const { stream, version, error, attempts, parkedAt } of page.Items) {
        yield {
          ...parseStreamKey(stream.S),
          pk: stream.S,
          version: Number(version.N),
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
