// The event log: append with optimistic locking, read a stream or whole logs, decide.
"use strict";

const { unmarshalMembers } = require("./attribute-values.js");
const { BoundedMap } = require("./bounded-map.js");
const { numberReaders } = require("./decimal.js");
const { environmentOf } = require("./environment.js");
const { InvalidArgument } = require("./errors.js");
const { attributesOf, checkNewEvent, keyOf, storedEventOf, versionOf } = require("./event-item.js");
const { expectedOf } = require("./expected-version.js");
const { itemSize } = require("./item-size.js");
const { deletedType, logTableName, readModelTableName, streamKey } = require("./names.js");
const { Appender, checkSizes } = require("./appender.js");
const { Schema } = require("./schema.js");
const { StreamReads, rangeOf } = require("./stream-reads.js");
const { connect } = require("./transport/connect.js");
const limits = require("./limits.js");

const knownStreams = 10_000;

// A table of another name is of no stage that is known here, unless the options say which.
function transportOf({ transport, client, table, stage = table ? undefined : "local" }) {
  if (transport) return transport;
  return client ? require("./transport/sdk.js").SdkTransport.of(client) : connect({ stage });
}

class EventLog {
  #readNumber;
  #schema;
  #reads;
  #known = new BoundedMap(knownStreams);
  #appender;

  /** See EventLogOptions in index.d.ts. */
  constructor(options = {}) {
    const stage = options.stage ?? "local";
    const readNumber = numberReaders[options.numbers ?? "exact"];
    if (!readNumber) throw new InvalidArgument('numbers must be "exact", "bigint" or "decimal"', "numbers");
    this.transport = transportOf(options);
    this.table = options.table ?? logTableName(stage);
    this.readModelTable = options.readModelTable ?? readModelTableName(stage);
    this.environment = environmentOf(options.environment);
    this.#readNumber = readNumber;
    this.#schema = new Schema(options);
    this.#reads = new StreamReads({ transport: this.transport, table: this.table });
    this.#appender = new Appender({
      transport: this.transport,
      table: this.table,
      environment: this.environment,
      reads: this.#reads,
      known: this.#known,
    });
  }

  static ofEnvironment(options) {
    const { LOG_TABLE: table, CORE_TABLE: readModelTable, STAGE } = process.env;
    const stage = STAGE || (table ? undefined : "local");
    return new EventLog({
      ...(stage && { stage }),
      ...(table && { table }),
      ...(readModelTable && { readModelTable }),
      ...options,
    });
  }

  async append(log, id, events, expected) {
    const [result] = await this.appendTransaction([{ log, id, events, expected }]);
    const { version, events: written, appended } = result;
    return { version, events: written, appended };
  }

  async appendTransaction(appends) {
    if (!Array.isArray(appends) || appends.length === 0) throw new InvalidArgument("no appends", "appends");
    const requests = await Promise.all(appends.map((append) => this.#requestOf(append)));
    const keys = new Set(requests.map((request) => request.pk));
    if (keys.size < requests.length) throw new InvalidArgument("a stream is named twice in one transaction", "stream");
    checkSizes(requests);
    return this.#appender.append(requests);
  }

  async deleteStream(log, id, expected = "streamExists") {
    const tombstone = await this.#requestOf({ log, id, events: [{ type: deletedType, payload: {} }], expected }, true);
    const [{ version }] = await this.#appender.append([tombstone]);
    return { version };
  }

  read(log, id, options) {
    const pk = streamKey(log, id);
    const range = rangeOf(options);
    return this.#events(pk, { ...range, consistent: options?.consistent ?? true });
  }

  async readPage(log, id, { cursor, limit = 100, ...options } = {}) {
    const pk = streamKey(log, id);
    const range = rangeOf({ ...options, limit, from: cursor ?? options.from });
    const { items, more } = await this.#reads.page(pk, { ...range, consistent: options.consistent ?? true });
    const events = await Promise.all(items.map((item) => this.#eventOf(pk, item)));
    if (!more) return { events };
    const last = events.length > 0 ? events.at(-1).version + (range.backward ? -1 : 1) : range.from;
    return { events, cursor: last };
  }

  async version(log, id) {
    const [last] = await this.#reads.latest(streamKey(log, id));
    return last?.version ?? 0;
  }

  async exists(log, id) {
    const [last] = await this.#reads.latest(streamKey(log, id));
    return last !== undefined && last.type !== deletedType;
  }

  async *readAll(options = {}) {
    for await (const { items } of this.#reads.scan(options)) {
      for (const item of items) yield await this.#eventOf(item.pk.S, item);
    }
  }

  streams(log) {
    return this.#reads.streams(log);
  }

  async *logs() {
    const seen = new Set();
    for await (const { log } of this.#reads.streams()) {
      if (!seen.has(log)) yield log;
      seen.add(log);
    }
  }

  decide(log, id, options) {
    return require("./decide.js").decide(this, log, id, options);
  }

  async eventFromItem(item) {
    return this.#schema.fromStored(storedEventOf(item, this.#readNumber));
  }

  valuesOf(item) {
    return unmarshalMembers(item, this.#readNumber);
  }

  forgetVersions() {
    this.#known.clear();
  }

  close() {
    this.transport.close?.();
  }

  async *#events(pk, range) {
    for await (const item of this.#reads.items(pk, range)) yield this.#eventOf(pk, item);
  }

  #eventOf(pk, item) {
    if (item.type?.S !== deletedType) this.#appender.remember(pk, versionOf(item));
    return this.eventFromItem(item);
  }

  /**
   * Checks and completes one append: what remains to be decided is only at which versions it is
   * written.
   */
  async #requestOf({ log, id, events, expected }, isOwn = false) {
    const pk = streamKey(log, id);
    const list = Array.isArray(events) ? events : [events];
    if (list.length > limits.eventsPerAppend) checkSizes([{ events: list }]);
    for (const event of list) checkNewEvent(event, isOwn);
    const ids = list.map((event) => event.eventId).filter(Boolean);
    if (new Set(ids).size < ids.length) throw new InvalidArgument("two of the events have the same id", "eventId");
    const request = { log, id, pk, expected: expectedOf(expected, list.length) };
    request.events = await Promise.all(list.map((event) => this.#complete(request, event)));
    return request;
  }

  async #complete({ log, id, pk }, event) {
    const eventId = event.eventId ?? this.environment.uuid();
    const createdAt = new Date(this.environment.now()).toISOString();
    const stored = await this.#schema.toStored({ log, id }, event);
    const attributes = attributesOf(log, { ...event, ...stored, eventId, createdAt });
    // The version's size is that of the largest one: it is not known yet.
    const bytes = itemSize({ ...keyOf(pk, limits.version), ...attributes });
    return { eventId, idIsGiven: event.eventId !== undefined, attributes, bytes };
  }
}

module.exports = { EventLog };
