// A subscription: a group of consumers that brings every event of the log to its handlers, at least
// once, each stream in order. It catches up from the table, then follows the table's stream.
"use strict";

const { InvalidArgument } = require("../errors.js");
const { checkText } = require("../names.js");
const { StreamReads } = require("../stream-reads.js");
const { CatchUp } = require("./catch-up.js");
const { Deliveries } = require("./deliveries.js");
const { GroupState } = require("./group-state.js");
const { LeasePlan, readable, unread } = require("./lease-plan.js");
const { ParkedEvents } = require("./parked-events.js");
const { passing } = require("./passing-errors.js");
const { ShardReader, Trimmed } = require("./shard-reader.js");
const { TableStream, isTooOld } = require("./table-stream.js");

function checkOptions({ eventLog, group, handlers, from, leaseDuration, attempts, concurrency }) {
  if (!eventLog) throw new InvalidArgument("a subscription needs an eventLog", "eventLog");
  checkText(group, "the group's name", "group");
  if (typeof handlers !== "function" && (typeof handlers !== "object" || handlers === null)) {
    throw new InvalidArgument("handlers must be a function, or functions by event type", "handlers");
  }
  if (from !== "beginning" && from !== "now") throw new InvalidArgument('from must be "beginning" or "now"', "from");
  for (const [name, value] of Object.entries({ leaseDuration, attempts, concurrency })) {
    if (!(Number.isSafeInteger(value) && value > 0))
      throw new InvalidArgument(`${name} must be a whole number from 1 on`, name);
  }
}

class Subscription {
  #context;
  #from;
  #me;
  #plan;
  #parked;
  #stopping = new AbortController();
  #round = new AbortController(); // aborted to begin the next round at once
  #readers = new Map(); // by shard
  #failure; // of a reader
  #running = null;

  /** See SubscriptionOptions in index.d.ts. */
  constructor(options) {
    const {
      eventLog,
      group,
      handlers,
      logs,
      from = "beginning",
      consumer,
      table = eventLog?.readModelTable,
      attempts = 5,
      concurrency = 1,
      leaseDuration = 10_000,
      idlePause = 200,
      notice = console.warn,
    } = options;
    checkOptions({ ...options, from, leaseDuration, attempts, concurrency });
    const { transport, environment } = eventLog;
    const reads = new StreamReads({ transport, table: eventLog.table });
    this.#parked = new ParkedEvents({ transport, table, logTable: eventLog.table, group, environment });
    this.#from = from;
    this.#me = consumer ?? environment.uuid();
    this.#plan = new LeasePlan({ me: this.#me, duration: leaseDuration });
    this.#context = {
      environment,
      reads,
      notice,
      leaseDuration,
      idlePause,
      state: new GroupState({ transport, table, group }),
      stream: new TableStream({ transport, table: eventLog.table }),
      deliveries: new Deliveries({
        eventLog,
        reads,
        handlers: typeof handlers === "function" ? { "*": handlers } : handlers,
        logs,
        parked: this.#parked,
        attempts,
        concurrency,
        notice,
      }),
    };
  }

  run() {
    this.#running ??= this.#run();
    return this.#running;
  }

  async stop() {
    this.#stopping.abort();
    this.#round.abort();
    await this.#running;
  }

  async *parked() {
    for await (const { pk, ...parked } of this.#parked.list()) yield parked;
  }

  async retryParked() {
    const result = { handled: 0, failed: 0, missing: [] };
    const failing = new Set(); // streams
    for await (const parked of this.#parked.list()) {
      if (failing.has(parked.pk)) continue;
      const item = await this.#parked.itemOf(parked);
      const error = item ? await this.#context.deliveries.retry(item) : null;
      if (error) {
        failing.add(parked.pk);
        result.failed += 1;
        await this.#parked.park(parked.pk, parked.version, {
          type: parked.type,
          error: error.stack ?? error,
          attempts: parked.attempts + 1,
        });
        continue;
      }
      if (item) result.handled += 1;
      else result.missing.push({ log: parked.log, id: parked.id, version: parked.version });
      await this.#parked.unpark(parked);
    }
    return result;
  }

  async #run() {
    const { signal } = this.#stopping;
    const { notice } = this.#context;
    try {
      while (!signal.aborted) {
        const isFollowing = await passing(this.#context, signal, notice, () => this.#catchUp());
        if (isFollowing) await this.#follow();
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  // --- catching up ---

  /** Returns whether the group follows the stream; false: look again. */
  async #catchUp() {
    const { state, stream, environment } = this.#context;
    const streamArn = await stream.arn();
    this.#context.streamArn = streamArn;
    const group = await state.group();
    const isCurrent = group?.streamArn === streamArn && !this.#wasAway(group);
    if (isCurrent && group.state === "following") return true;
    if (isCurrent && group.state === "catchingUp") return this.#continueCatchUp(group);
    // Who has missed something scans, whatever the group began with.
    const scans = this.#from === "beginning" || group !== null;
    const own = await state.beginCatchUp(group, this.#me, { streamArn, scans });
    return own ? this.#runCatchUp(own) : environment.sleep(this.#context.idlePause, this.#stopping.signal);
  }

  #now() {
    return new Date(this.#context.environment.now()).toISOString();
  }

  #wasAway({ aliveAt }) {
    return isTooOld(aliveAt, this.#context.environment);
  }

  async #continueCatchUp(group) {
    const { state, environment, idlePause } = this.#context;
    if (!group.owner || group.owner === this.#me || this.#plan.hasExpired("catch-up", group, environment.steady())) {
      const own = await state.takeCatchUp(group, this.#me);
      if (own) return this.#runCatchUp(own);
    }
    await environment.sleep(idlePause, this.#stopping.signal);
    return false;
  }

  #runCatchUp(group) {
    return new CatchUp(this.#context, group).run(this.#stopping.signal);
  }

  // --- following ---

  /**
   * Reads this consumer's share of the shards until it is stopped, or the group has to catch up
   * again.
   */
  async #follow() {
    const { environment, leaseDuration, notice } = this.#context;
    const { signal } = this.#stopping;
    try {
      while (!signal.aborted) {
        this.#round = new AbortController();
        if (!(await passing(this.#context, signal, notice, () => this.#balance()))) return;
        if (this.#failure) throw this.#failure;
        if (!signal.aborted) await environment.sleep(leaseDuration / 3, this.#round.signal);
      }
    } catch (error) {
      if (!(error instanceof Trimmed)) throw error;
      await this.#startOver(error);
    } finally {
      const readers = [...this.#readers.values()];
      for (const { reader } of readers) reader.stop();
      await Promise.all(readers.map(({ ended }) => ended));
      this.#failure = undefined;
    }
  }

  /**
   * One look at the group: renews, takes, asks for and gives back leases. Returns false if the
   * group catches up again.
   */
  async #balance() {
    const { state, stream, streamArn, environment } = this.#context;
    const group = await state.group();
    if (group?.state !== "following" || group.streamArn !== streamArn || (await stream.arn()) !== streamArn)
      return false;
    if (this.#wasAway(group)) throw new Trimmed(`The group was last alive at ${group.aliveAt}.`);
    await state.sayAlive(this.#now());
    await Promise.all([...this.#readers.values()].map(({ reader }) => reader.renew()));
    // The leases first: a shard that has a lease then is listed, if it has not expired.
    const leases = await state.leases();
    const shards = await stream.shards(streamArn);
    await this.#forgetOld(leases, shards);
    for (const { shardId } of unread(leases, shards)) {
      const lease = await state.createLease(shardId, this.#me, this.#now());
      if (lease) this.#read(lease);
    }
    const open = readable(leases, shards);
    for (const lease of open.filter(({ owner, shardId }) => owner === this.#me && !this.#readers.has(shardId))) {
      const own = await state.takeLease(lease, this.#me); // handed over by another consumer, or by this one's past self
      if (own) this.#read(own);
    }
    const { take, ask } = this.#plan.next(open, environment.steady());
    for (const lease of take) {
      const own = await state.takeLease(lease, this.#me);
      if (own) this.#read(own);
    }
    if (ask) await state.askForLease(ask, this.#me);
    return true;
  }

  /** A shard that is gone was read to its end, or events are missing. */
  async #forgetOld(leases, shards) {
    const listed = new Set(shards.map(({ shardId }) => shardId));
    for (const { shardId, finished } of leases) {
      if (listed.has(shardId)) continue;
      if (!finished) throw new Trimmed(`The shard ${shardId} has expired unread.`);
      await this.#context.state.deleteLease(shardId);
    }
  }

  #read(lease) {
    const reader = new ShardReader(this.#context, lease);
    const ended = reader
      .run()
      .catch((error) => {
        this.#failure ??= error;
      })
      .then(() => {
        this.#readers.delete(lease.shardId);
        this.#round.abort(); // children of the shard can be read now
      });
    this.#readers.set(lease.shardId, { reader, ended });
  }

  async #startOver(trimmed) {
    const { state, streamArn, notice } = this.#context;
    notice(`The subscription catches up from the table: ${trimmed.message}`);
    const group = await state.group();
    if (group?.state === "following" && group.streamArn === streamArn) {
      await state.beginCatchUp(group, this.#me, { streamArn, scans: true });
    }
  }
}

module.exports = { Subscription };
