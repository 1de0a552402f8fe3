// Catches up from the table: for a new group, for one that was away for longer than the stream keeps
// its records, and after the table got another stream. One consumer does it; the others wait.
//
// 1. Saves where each shard of the stream ends now.
// 2. Scans the table, each stream in order, and saves how far it is after each page.
// 3. Lets the group follow the stream from the positions of step 1.
//
// An event is in the scan, or behind one of the positions, or both.
"use strict";

const { keyOf, versionOrText } = require("../event-item.js");

class LostCatchUp extends Error {}

class CatchUp {
  #context;
  #group;
  #renewedAt;
  #writes = Promise.resolve(); // of the group's item, one after another

  /**
   * `context`: {state, stream, streamArn, reads, deliveries, environment, leaseDuration, notice}.
   * `group`: as owned.
   */
  constructor(context, group) {
    this.#context = context;
    this.#group = group;
    this.#renewedAt = context.environment.steady();
  }

  /**
   * Returns whether the group follows the stream now; false if `signal` was aborted or another
   * consumer goes on.
   */
  async run(signal) {
    const ending = new AbortController();
    const end = () => ending.abort();
    signal.addEventListener("abort", end);
    const beating = this.#beat(ending);
    try {
      if (await this.#steps(ending.signal)) return true;
      await this.#after(() => this.#context.state.releaseCatchUp(this.#group));
      return false;
    } catch (error) {
      if (error instanceof LostCatchUp) return false;
      throw error;
    } finally {
      signal.removeEventListener("abort", end);
      ending.abort();
      await beating;
    }
  }

  async #steps(signal) {
    const { state, deliveries } = this.#context;
    if (!this.#group.positioned) await this.#savePositions();
    await deliveries.loadParked();
    if (this.#group.scans && !(await this.#scan(signal))) return false;
    const ended = await this.#after(() => state.endCatchUp(this.#group));
    return Boolean(ended);
  }

  async #savePositions() {
    const { state, stream, streamArn, environment } = this.#context;
    const positionedAt = new Date(environment.now()).toISOString();
    const positions = [];
    for (const shard of await stream.shards(streamArn)) {
      positions.push({ shardId: shard.shardId, emptyAt: positionedAt, ...(await stream.endOf(streamArn, shard)) });
    }
    await this.#after(async () => {
      if (!(await state.replaceLeases(this.#group, positions))) throw new LostCatchUp();
    });
    await this.#write({ positionedAt });
  }

  async #scan(signal) {
    const { reads, deliveries } = this.#context;
    for await (const { items, after } of reads.scan({ from: this.#group.cursor })) {
      const events = items.map((item) => ({ pk: item.pk.S, version: versionOrText(item), item }));
      const done = await deliveries.deliver(events, signal, () => this.#renew());
      const isWhole = done === events.length;
      const cursor = isWhole ? after : done > 0 && keyOf(events[done - 1].pk, events[done - 1].version);
      if (cursor) await this.#write({ cursor });
      if (!isWhole) return false;
    }
    return true;
  }

  /** Says that this consumer is alive, until it ends. */
  async #beat(ending) {
    const { environment, leaseDuration, notice } = this.#context;
    for (;;) {
      await environment.sleep(leaseDuration / 3, ending.signal);
      if (ending.signal.aborted) return;
      try {
        await this.#write({});
      } catch (error) {
        if (error instanceof LostCatchUp) return ending.abort();
        notice(`The subscription could not renew its lease: ${error.message}`);
      }
    }
  }

  /** Before each handler: finds out who catches up if it may be another one by now. */
  async #renew() {
    const { environment, leaseDuration } = this.#context;
    if (environment.steady() - this.#renewedAt >= leaseDuration) await this.#write({});
  }

  #write(progress) {
    return this.#after(async () => {
      const asked = this.#context.environment.steady();
      const kept = await this.#context.state.keepCatchingUp(this.#group, progress);
      if (!kept) throw new LostCatchUp();
      this.#group = kept;
      this.#renewedAt = asked;
    });
  }

  #after(change) {
    const write = this.#writes.then(change);
    this.#writes = write.catch(() => {});
    return write;
  }
}

module.exports = { CatchUp };
