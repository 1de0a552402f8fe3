// Reads one shard while this consumer has its lease: records, handlers, checkpoint.
"use strict";

const { versionOrText } = require("../event-item.js");
const { Trimmed, isTooOld } = require("./table-stream.js");
const { meaningOf } = require("../write-outcome.js");
const { passing } = require("./passing-errors.js");

class ShardReader {
  #context;
  #lease;
  #abort = new AbortController();
  #renewedAt;
  #emptyAt; // when the shard had no further records
  #writes = Promise.resolve(); // writes of the lease, one after another

  /**
   * `context`: {state, stream, streamArn, deliveries, environment, leaseDuration, idlePause,
   * notice}.
   */
  constructor(context, lease) {
    this.#context = context;
    this.#lease = lease;
    this.#renewedAt = context.environment.steady();
  }

  /** Ends after the running handlers; what is done is saved, and the lease given back. */
  stop() {
    this.#abort.abort();
  }

  /**
   * Reads until it is stopped, the shard is finished, or the lease is lost. Throws Trimmed, and
   * errors that do not pass.
   */
  async run() {
    try {
      await this.#readAll();
    } catch (error) {
      if (!this.#abort.signal.aborted || meaningOf(error) !== "again") throw error;
    } finally {
      this.#context.deliveries.forget();
      await this.#release();
    }
  }

  async #readAll() {
    const { signal } = this.#abort;
    const { deliveries, notice } = this.#context;
    await passing(this.#context, signal, notice, () => deliveries.loadParked());
    let iterator = null;
    while (iterator !== undefined && !signal.aborted) {
      const current = iterator;
      iterator = await passing(this.#context, signal, notice, () => this.#readPage(current));
    }
  }

  async #release() {
    try {
      await this.#write((lease) => (lease.finished ? lease : this.#context.state.releaseLease(lease)));
    } catch (error) {
      if (meaningOf(error) !== "again") throw error;
      this.#context.notice(`A lease was not given back, and expires: ${error.message}`);
    }
  }

  /** Says that this consumer is alive, and hands over if another one has asked. */
  async renew() {
    await this.#write((lease) =>
      this.#context.state.keepLease(lease, lease.sequenceNumber ? {} : { emptyAt: this.#emptyAt }),
    );
    if (this.#lease?.wantedBy) this.stop();
  }

  /** Renews the lease if another consumer may have taken it over by now. */
  async #renewOverdue() {
    const { environment, leaseDuration } = this.#context;
    if (environment.steady() - this.#renewedAt >= leaseDuration) await this.renew();
  }

  /** Throws Trimmed, also where the service would not: a shard's beginning can always be read from. */
  #iterator() {
    const { stream, streamArn, environment } = this.#context;
    const { shardId, sequenceNumber, emptyAt } = this.#lease;
    if (!sequenceNumber && isTooOld(emptyAt, environment)) {
      throw new Trimmed(`The first records of the shard ${shardId} may have expired unread.`);
    }
    return stream.iterator(streamArn, this.#lease);
  }

  /** Returns the next iterator; undefined at the end. */
  async #readPage(iterator) {
    const { stream, deliveries, environment, idlePause } = this.#context;
    await this.#renewOverdue();
    if (!this.#lease || this.#abort.signal.aborted) return undefined;
    const asked = new Date(environment.now()).toISOString();
    const page = await stream.records(iterator ?? (await this.#iterator()));
    if (!page) return null; // the iterator has expired
    const { records, next } = page;
    if (records.length === 0) this.#emptyAt = asked;
    const done = await deliveries.deliver(records.map(eventOf), this.#abort.signal, () => this.#renewOverdue());
    const isFinished = done === records.length && !next;
    if (done > 0 || isFinished) {
      const sequenceNumber = done > 0 ? records[done - 1].dynamodb.SequenceNumber : undefined;
      await this.#save({ sequenceNumber, finished: isFinished });
    }
    if (isFinished || !this.#lease || done < records.length) return undefined;
    if (records.length === 0) await environment.sleep(idlePause, this.#abort.signal);
    return next;
  }

  /**
   * Saves what was handled; tries again while the service does not answer, so that little is
   * handled twice.
   */
  #save(position) {
    const { state, notice } = this.#context;
    return passing(
      this.#context,
      new AbortController().signal,
      notice,
      () => this.#write((lease) => state.keepLease(lease, position)),
      5,
    );
  }

  #write(change) {
    const write = this.#writes.then(async () => {
      if (!this.#lease) return;
      const asked = this.#context.environment.steady();
      this.#lease = await change(this.#lease);
      if (this.#lease) this.#renewedAt = asked;
      else this.#abort.abort(); // another consumer has it
    });
    this.#writes = write.catch(() => {});
    return write;
  }
}

/**
 * {pk, version, item} of a record; the pk of no stream if it is not about an event that was
 * appended.
 */
function eventOf({ eventName, dynamodb: { Keys, NewImage } }) {
  if (eventName !== "INSERT") return { pk: "" };
  return { pk: Keys.pk?.S ?? "", version: versionOrText(Keys), item: NewImage };
}

module.exports = { ShardReader, Trimmed };
