// Builds read models from the events of one log.
//
// An event is only a hint that there may be work: streams, buses and invocations promise neither
// order nor uniqueness. project() reads the read model's version, reads the later events of the
// stream from the log, stops at a gap, applies them in order, and writes the result on condition that
// the version is still the one that was read. If another handler was faster, it goes on from what
// that one has written.
//
//   pk = sk = <log>#<id>   type S   id S   version N   and what the appliers set
//
// A read model of the generation "v2" has the key v2/<log>#<id>. So a new one can be built while the
// old one serves; the item pk = projection#<log>#<type>, sk = generation says which one is current.
"use strict";

const { InvalidArgument, InvalidEvent, WaitTimeout } = require("./errors.js");
const { pauseOf } = require("./environment.js");
const { checkText, deletedType, parseStreamKey, streamKey } = require("./names.js");
const { ReadModel } = require("./read-model.js");
const { StreamReads } = require("./stream-reads.js");
const { meaningOf } = require("./write-outcome.js");
const limits = require("./limits.js");

const racePause = 100; // ms, at most

class Projector {
  #eventLog;
  #log;
  #type;
  #reads;
  #table;
  #prefix;
  #generation;
  #appliers;
  #attempts;
  #notice;

  /** See ProjectorOptions in index.d.ts. */
  constructor({ eventLog, log, type, apply, table, generation = "", attempts = 10, notice = console.warn }) {
    checkText(log, "the log's name", "log");
    checkText(type, "the read models' type", "type");
    if (typeof apply !== "object" || apply === null)
      throw new InvalidArgument("apply must be an object of functions", "apply");
    this.#eventLog = eventLog;
    this.#reads = new StreamReads({ transport: eventLog.transport, table: eventLog.table });
    this.#log = log;
    this.#type = type;
    this.#table = table ?? eventLog.readModelTable;
    this.#generation = generation;
    this.#prefix = prefixOf(generation);
    this.#appliers = new Map(Object.entries(apply));
    this.#attempts = attempts;
    this.#notice = notice;
  }

  async project(id, hint = Infinity) {
    let model = await this.#load(id);
    let attempt = 1;
    while (model.version < hint) {
      if (attempt > this.#attempts) {
        throw new Error(`The read model ${model.key.pk.S} was written by others each of ${this.#attempts} times.`);
      }
      // Who was faster has most likely done the work, so the first loss needs no pause.
      const { environment } = this.#eventLog;
      if (attempt > 2) await environment.sleep(pauseOf(environment, attempt - 2, racePause));
      const { faster, isFull } = await this.#advance(model, id);
      if (!faster && !isFull) break;
      attempt = faster ? attempt + 1 : 1;
      model = faster ?? (await this.#load(id));
    }
    return model.version;
  }

  handle(busEvent) {
    const { pk, sk } = busEvent?.detail?.key ?? {};
    const stream = parseStreamKey(pk);
    const hint = Number(sk);
    if (!stream || stream.log !== this.#log || !Number.isSafeInteger(hint) || hint < 1) {
      throw new InvalidEvent(
        `not an event of the log "${this.#log}": no detail.key of pk (${this.#log}#<id>#stream) and sk`,
      );
    }
    return this.project(stream.id, hint);
  }

  async get(id) {
    return this.#shown(await this.#item(id, this.#prefix));
  }

  async waitFor(id, version, { timeout = 5000 } = {}) {
    const { environment } = this.#eventLog;
    const end = environment.steady() + timeout;
    for (let attempt = 1; ; attempt++) {
      const found = await this.get(id);
      if (found && found.version >= version) return found;
      if (environment.steady() >= end)
        throw new WaitTimeout(this.#keyOf(id).pk.S, version, found?.version ?? 0, timeout);
      await environment.sleep(Math.min(pauseOf(environment, attempt, 100), Math.max(0, end - environment.steady())));
    }
  }

  // --- generations ---

  async rebuild({ concurrency = 8, onProgress = () => {} } = {}) {
    const done = { streams: 0, advanced: 0 };
    const running = new Set();
    const failures = [];
    try {
      for await (const { id, version } of this.#eventLog.streams(this.#log)) {
        const one = this.#catchUp(id, version)
          .then((advanced) => {
            done.streams += 1;
            done.advanced += advanced ? 1 : 0;
            onProgress({ ...done });
          })
          .catch((error) => failures.push(error))
          .finally(() => running.delete(one));
        running.add(one);
        if (running.size >= concurrency) await Promise.race(running);
        if (failures.length > 0) break;
      }
    } finally {
      await Promise.all(running);
    }
    if (failures.length > 0) throw failures[0];
    return done;
  }

  async makeCurrent() {
    await this.#eventLog.transport.call("dynamodb", "PutItem", {
      TableName: this.#table,
      Item: { ...this.#pointerKey(), current: { S: this.#generation } },
    });
  }

  async currentGeneration() {
    const request = { TableName: this.#table, Key: this.#pointerKey(), ConsistentRead: true };
    const { Item } = await this.#eventLog.transport.call("dynamodb", "GetItem", request);
    return Item?.current?.S ?? "";
  }

  async getCurrent(id) {
    return this.#shown(await this.#item(id, prefixOf(await this.currentGeneration())));
  }

  async #catchUp(id, version) {
    const before = Number((await this.#item(id, this.#prefix))?.version?.N ?? 0);
    return before < version && (await this.project(id, version)) > before;
  }

  #pointerKey() {
    return { pk: { S: `projection#${this.#log}#${this.#type}` }, sk: { S: "generation" } };
  }

  // --- one read model ---

  #keyOf(id, prefix = this.#prefix) {
    streamKey(this.#log, id); // checks it
    const key = { S: `${prefix}${this.#log}#${id}` };
    const bytes = Buffer.byteLength(key.S);
    if (bytes > limits.sortKeyBytes) {
      throw new InvalidArgument(
        `the read model's key has ${bytes} bytes; a sort key has at most 1,024`,
        "sortKeyBytes",
      );
    }
    return { pk: key, sk: key };
  }

  async #item(id, prefix) {
    const request = { TableName: this.#table, Key: this.#keyOf(id, prefix), ConsistentRead: true };
    return (await this.#eventLog.transport.call("dynamodb", "GetItem", request)).Item;
  }

  #shown(item) {
    if (!item) return null;
    const { pk, sk, ...values } = item;
    return this.#eventLog.valuesOf(values);
  }

  async #load(id) {
    return this.#modelOf(id, await this.#item(id, this.#prefix));
  }

  #modelOf(id, item) {
    return new ReadModel({
      eventLog: this.#eventLog,
      table: this.#table,
      prefix: this.#prefix,
      key: this.#keyOf(id),
      item,
      created: { type: this.#type, id },
    });
  }

  /**
   * Applies and writes the events that follow. `faster`: what another handler has written, if it
   * was. `isFull`: one write could not take all events; the next one goes on.
   */
  async #advance(model, id) {
    let failure;
    let written = model;
    let isFull = false;
    try {
      await this.#applyUpTo(limits.version, model, id);
    } catch (error) {
      isFull = model.isFull && model.version > model.readVersion;
      if (!isFull) failure = error;
      // The failed applier may have changed something. The events before it are applied once more, and written.
      written = model.again({ type: this.#type, id });
      await this.#applyUpTo(model.version, written, id);
    }
    const faster = written.version > written.readVersion ? await this.#write(written, id) : null;
    model.version = written.version;
    if (failure && !faster) throw failure;
    return { faster, isFull };
  }

  // A function is started for a few events, so what it warms up counts: page by page, without the
  // generators of read().
  async #applyUpTo(last, model, id) {
    const pk = streamKey(this.#log, id);
    const others = model.items();
    for (let more = true; more;) {
      const page = await this.#reads.page(pk, { from: model.version + 1, to: last });
      more = page.more;
      for (const item of page.items) {
        const event = await this.#eventLog.eventFromItem(item);
        if (event.version !== model.version + 1) {
          this.#notice(
            `The stream ${this.#log}#${id} has a gap: after version ${model.version} comes version ${event.version}.`,
          );
          return;
        }
        await this.#apply(event, model, others);
        if (model.isFull) throw model.fullError(); // the applier has caught it
        model.version = event.version;
      }
    }
  }

  #apply(event, model, others) {
    const applier = this.#appliers.get(event.type);
    if (applier) return applier(event, model.values, others);
    if (event.type !== deletedType) {
      this.#notice(
        `The event type "${event.type}" only advances the version: ${this.#log}#${event.id} version ${event.version}.`,
      );
    }
    return undefined;
  }

  async #write(model, id) {
    const { operation, request } = model.write();
    try {
      await this.#eventLog.transport.call("dynamodb", operation, request);
      return null;
    } catch (error) {
      if (meaningOf(error) === "failed") throw error;
      const item = error.item ?? error.reasons?.[0]?.Item;
      return item ? this.#modelOf(id, item) : this.#load(id);
    }
  }
}

function prefixOf(generation) {
  if (typeof generation !== "string" || generation.includes("#")) {
    throw new InvalidArgument('a generation is a string without "#"', "generation");
  }
  return generation ? `${generation}/` : "";
}

module.exports = { Projector };
