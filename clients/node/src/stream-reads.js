// Reads of the log table: one stream by Query, whole logs by Scan. All are consistent by default.
"use strict";

const { InvalidArgument } = require("./errors.js");
const { hasVersion, versionOf } = require("./event-item.js");
const { deletedType, parseStreamKey } = require("./names.js");
const limits = require("./limits.js");

const eventId = { "#type": "type", "#eventId": "eventId" };

function checkVersion(value, name) {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new InvalidArgument(`${name} must be a version: a whole number from 0 to 2^53 - 1`, "version");
  }
}

/** {from, to, limit, backward} of the options of a read, checked. */
function rangeOf({ from, to, limit, direction = "forward" } = {}) {
  if (direction !== "forward" && direction !== "backward") {
    throw new InvalidArgument('direction must be "forward" or "backward"', "direction");
  }
  const backward = direction === "backward";
  const range = {
    from: from ?? (backward ? limits.version : 1),
    to: to ?? (backward ? 1 : limits.version),
    limit,
    backward,
  };
  checkVersion(range.from, "from");
  checkVersion(range.to, "to");
  if (limit !== undefined && !(Number.isSafeInteger(limit) && limit > 0)) {
    throw new InvalidArgument("limit must be a whole number from 1 on", "limit");
  }
  return range;
}

/**
 * The version with which to go on after a sort key. A key that is no version may be between two; as
 * a JavaScript number 2.99999999999999999999 would be 3.
 */
function afterKey(text, backward) {
  const below = Number(text.split(".")[0]);
  if (!backward) return below + 1;
  return text.includes(".") ? below : below - 1;
}

class StreamReads {
  #transport;
  #table;

  constructor({ transport, table }) {
    this.#transport = transport;
    this.#table = table;
  }

  /** One page of items of a stream: at most 1 MB. `more`: whether there may be others. */
  async page(pk, { from, to, limit, backward, consistent = true, idsOnly = false }) {
    const [low, high] = backward ? [to, from] : [from, to];
    if (low > high) return { items: [], more: false }; // DynamoDB refuses such a range
    const answer = await this.#transport.call("dynamodb", "Query", {
      TableName: this.#table,
      ConsistentRead: consistent,
      KeyConditionExpression: "pk = :pk AND sk BETWEEN :low AND :high",
      ExpressionAttributeValues: { ":pk": { S: pk }, ":low": { N: String(low) }, ":high": { N: String(high) } },
      ScanIndexForward: !backward,
      ...(limit && { Limit: limit }),
      ...(idsOnly && { ProjectionExpression: "sk, #type, #eventId", ExpressionAttributeNames: eventId }),
    });
    return { items: answer.Items, more: Boolean(answer.LastEvaluatedKey) };
  }

  /** The items of a stream, page by page, lazily: at most `limit`, a page at most `pageSize`. */
  async *items(pk, { pageSize, ...range }) {
    let { from, limit } = range;
    for (;;) {
      const { items, more } = await this.page(pk, { ...range, from, limit: pageSize ?? limit });
      yield* items;
      if (limit !== undefined) limit -= items.length;
      if (!more || limit <= 0) return;
      if (items.length > 0) from = afterKey(items.at(-1).sk.N, range.backward);
    }
  }

  /**
   * {version, type, eventId} of the last events, the latest first; empty if the stream does not
   * exist. Items whose sort key is not a version are skipped.
   */
  async latest(pk, count = 1) {
    const found = [];
    const range = { from: limits.version, to: 1, backward: true, idsOnly: true, pageSize: count };
    for await (const item of this.items(pk, range)) {
      if (hasVersion(item)) found.push({ version: versionOf(item), type: item.type?.S, eventId: item.eventId?.S });
      if (found.length === count) break;
    }
    return found;
  }

  /**
   * The items of all streams of a log, or of all logs, by pages {items, after}: `segments` scans at
   * once, each stream in order. A single scan can go on after the key `from`.
   */
  async *scan({ log, segments = 1, from: start, consistent = true, keysOnly = false }) {
    if (!Number.isInteger(segments) || segments < 1 || segments > 1_000_000) {
      throw new InvalidArgument("segments must be from 1 to 1,000,000", "segments");
    }
    const next = (segment, from) => {
      const page = this.#scanPage({ log, segments, segment, from, consistent, keysOnly });
      page.catch(() => {}); // it may fail while the reader is busy; the race below throws it
      return page;
    };
    const pending = new Map(Array.from({ length: segments }, (_, segment) => [segment, next(segment, start)]));
    try {
      while (pending.size > 0) {
        const page = await Promise.race(pending.values());
        pending.delete(page.segment);
        if (page.after) pending.set(page.segment, next(page.segment, page.after));
        yield page;
      }
    } finally {
      await Promise.allSettled(pending.values()); // a reader that stops early
    }
  }

  async #scanPage({ log, segments, segment, from, consistent, keysOnly }) {
    const names = { ...(keysOnly && { "#type": "type" }) };
    const answer = await this.#transport.call("dynamodb", "Scan", {
      TableName: this.#table,
      ConsistentRead: consistent,
      ...(segments > 1 && { TotalSegments: segments, Segment: segment }),
      ...(from && { ExclusiveStartKey: from }),
      ...(log && {
        FilterExpression: "begins_with(pk, :log)",
        ExpressionAttributeValues: { ":log": { S: `${log}#` } },
      }),
      ...(keysOnly && { ProjectionExpression: "pk, sk, #type", ExpressionAttributeNames: names }),
    });
    // The table may hold other items.
    const items = answer.Items.filter((item) => parseStreamKey(item.pk?.S));
    return { segment, items, after: answer.LastEvaluatedKey };
  }

  /** {log, id, version, deleted} of all streams. Items whose sort key is not a version are skipped. */
  async *streams(log) {
    let current;
    for await (const { items } of this.scan({ log, keysOnly: true })) {
      for (const item of items.filter(hasVersion)) {
        if (current && current.pk !== item.pk.S) yield current.stream;
        const stream = {
          ...parseStreamKey(item.pk.S),
          version: versionOf(item),
          deleted: item.type?.S === deletedType,
        };
        current = { pk: item.pk.S, stream };
      }
    }
    if (current) yield current.stream;
  }
}

module.exports = { StreamReads, checkVersion, rangeOf };
