// Brings events to the handlers: each stream in order, at least once. An event whose handler fails in
// every attempt is parked, and the later events of its stream behind it.
"use strict";

const { BoundedMap } = require("../bounded-map.js");
const { isVersion, versionOrText } = require("../event-item.js");
const { parseStreamKey } = require("../names.js");
const { pauseOf } = require("../environment.js");

const knownStreams = 100_000;
const retryPause = 5000; // ms, at most

class Deliveries {
  #eventLog;
  #reads;
  #handlers;
  #logs;
  #parked;
  #attempts;
  #concurrency;
  #notice;
  #known = new BoundedMap(knownStreams); // by pk: the last version that was handled or parked
  #parkedStreams = new Set();

  constructor({ eventLog, reads, handlers, logs, parked, attempts, concurrency, notice }) {
    this.#eventLog = eventLog;
    this.#reads = reads;
    this.#handlers = handlers;
    this.#logs = logs && new Set(logs);
    this.#parked = parked;
    this.#attempts = attempts;
    this.#concurrency = concurrency;
    this.#notice = notice;
  }

  /**
   * Finds out which streams have parked events: when this consumer begins to read what another one
   * has read.
   */
  async loadParked() {
    for await (const { pk } of this.#parked.list()) this.#parkedStreams.add(pk);
  }

  /** Forgets what was handled: other consumers may handle later events of the same streams from now on. */
  forget() {
    this.#known.clear();
  }

  /**
   * Delivers events, {pk, version, item} (`version` of versionOrText()), `concurrency` streams at a
   * time. Returns how many of them, from the first one on, are done: fewer than all once `signal` is
   * aborted. It ends after the running handlers, also when it throws. `renew` is awaited before each
   * handler: it may abort `signal`.
   */
  async deliver(events, signal, renew) {
    const streams = new Map(); // by pk: indices
    events.forEach(({ pk }, i) => {
      if (!streams.has(pk)) streams.set(pk, []);
      streams.get(pk).push(i);
    });
    const done = new Array(events.length).fill(false);
    const waiting = [...streams.values()];
    const ending = new AbortController(); // aborted with `signal`, or when a worker fails
    const end = () => ending.abort();
    const run = { signal: ending.signal, renew };
    const work = async () => {
      for (let indices = waiting.shift(); indices && !ending.signal.aborted; indices = waiting.shift()) {
        for (const i of indices) {
          if (ending.signal.aborted) return;
          done[i] = await this.#deliverOne(events[i], run);
        }
      }
    };
    const failures = [];
    const endOn = (error) => {
      failures.push(error);
      end();
    };
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
    await Promise.all(Array.from({ length: this.#concurrency }, () => work().catch(endOn)));
    signal.removeEventListener("abort", end);
    if (failures.length > 0) throw failures[0];
    const undone = done.indexOf(false);
    return undone < 0 ? events.length : undone;
  }

  /** Calls the handler of a parked event once more. Returns the error, or null. */
  async retry(item) {
    try {
      await this.#handle(item, 1);
      return null;
    } catch (error) {
      return error;
    }
  }

  /** Returns whether the event is done: handled, parked, or known to be. */
  async #deliverOne({ pk, version, item }, run) {
    const stream = parseStreamKey(pk);
    if (!stream || (this.#logs && !this.#logs.has(stream.log))) return true;
    if (!isVersion(version)) return this.#passOver(pk, version);
    const known = this.#known.get(pk);
    if (known !== undefined && version <= known) return true;
    // Without the item (a stream of keys only), or after a gap, the table has the events.
    const from = known === undefined ? version : known + 1;
    if (from < version || !item) {
      for await (const missing of this.#reads.items(pk, { from, to: item ? version - 1 : version })) {
        const at = versionOrText(missing);
        if (!isVersion(at)) this.#passOver(pk, at);
        else if (!(await this.#handleOrPark(pk, at, missing, run))) return false;
      }
    }
    return item ? this.#handleOrPark(pk, version, item, run) : true;
  }

  #passOver(pk, key) {
    this.#notice(`The subscription passes over the item ${pk} ${key}: its sort key is no version.`);
    return true;
  }

  async #handleOrPark(pk, version, item, { signal, renew }) {
    const type = item.type?.S;
    if (await this.#isParked(pk)) {
      await this.#parked.parkBehind(pk, version, type);
    } else {
      for (let attempt = 1; ; attempt++) {
        await renew();
        if (signal.aborted) return false;
        try {
          await this.#handle(item, attempt);
          break;
        } catch (error) {
          if (attempt < this.#attempts) {
            const { environment } = this.#eventLog;
            await environment.sleep(pauseOf(environment, attempt + 3, retryPause), signal);
            continue;
          }
          await this.#parked.park(pk, version, { type, error: error?.stack ?? error, attempts: attempt });
          this.#parkedStreams.add(pk);
          this.#notice(`Parked ${pk} version ${version} after ${attempt} attempts: ${error?.message ?? error}`);
          break;
        }
      }
    }
    this.#known.set(pk, version);
    return true;
  }

  async #isParked(pk) {
    if (!this.#parkedStreams.has(pk)) return false;
    if (await this.#parked.has(pk)) return true;
    this.#parkedStreams.delete(pk); // somebody has retried them
    return false;
  }

  async #handle(item, attempt) {
    const event = await this.#eventLog.eventFromItem(item);
    const handler = Object.hasOwn(this.#handlers, event.type) ? this.#handlers[event.type] : this.#handlers["*"];
    if (handler) await handler(event, { attempt });
  }
}

module.exports = { Deliveries };
