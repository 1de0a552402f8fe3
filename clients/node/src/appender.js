// Appends events: decides at which versions they belong, writes them all or none, and finds out what
// became of a write that did not succeed.
//
// No gap can arise. An event is put only where none is (attribute_not_exists), and only after a
// version that exists: one that this process has read or written (events never change, so it still
// exists), or one that the same transaction checks. After a tombstone nothing is put.
"use strict";

const { EventIdConflict, InvalidArgument, StreamDeleted, VersionConflict } = require("./errors.js");
const { pauseAfterRace, pauseOf } = require("./environment.js");
const { hasVersion, keyOf, versionOf } = require("./event-item.js");
const { deletedType } = require("./names.js");
const { meaningOf } = require("./write-outcome.js");
const limits = require("./limits.js");

const attempts = 20; // of a write: conflicts with other transactions, throttling, lost answers
const races = 50; // that an append at any version runs
const servicePause = 1000;

class Appender {
  #transport;
  #table;
  #environment;
  #reads;
  #known; // by pk: a version that exists and is no tombstone

  constructor({ transport, table, environment, reads, known }) {
    this.#transport = transport;
    this.#table = table;
    this.#environment = environment;
    this.#reads = reads;
    this.#known = known;
  }

  /**
   * Appends to several streams, all or none. A request: {log, id, pk, expected, events}; an event:
   * {eventId, idIsGiven, attributes, bytes}. Returns a result {log, id, version, events, appended}
   * for each request.
   */
  async append(requests) {
    for (let race = 1; ; race++) {
      const began = this.#environment.steady();
      const plans = await Promise.all(requests.map((request) => this.#plan(request)));
      if (plans.some((plan) => plan.versions)) {
        await this.#findOthers(plans);
        if (plans.every((plan) => plan.versions)) return plans.map((plan) => this.#result(plan, plan.versions, false));
        const { log, id, events } = plans.find((plan) => plan.versions).request;
        throw new EventIdConflict(
          log,
          id,
          events.map((event) => event.eventId),
        );
      }
      await this.#makeRoom(plans);
      if (await this.#write(plans)) return plans.map((plan) => this.#written(plan, true));
      const found = await Promise.all(plans.map((plan) => this.#lookForOwn(plan)));
      // Ids that were made here can only have been written here: by an attempt whose answer was lost.
      const isOwnId = ({ request }) => request.events.some((event) => !event.idIsGiven);
      if (found.every(Boolean)) return plans.map((plan) => this.#written(plan, isOwnId(plan)));
      await this.#explainLoss(plans, race === races);
      await this.#environment.sleep(pauseAfterRace(this.#environment, race, began));
    }
  }

  /** Remembers that this version exists. */
  remember(pk, version) {
    if (version > (this.#known.get(pk) ?? 0)) this.#known.set(pk, version);
  }

  /**
   * {request, base, check}: append after `base`; or {request, versions}: the events are there
   * already.
   */
  async #plan(request) {
    const { log, id, pk, expected, events } = request;
    const { exact } = expected;
    if (exact !== undefined) {
      return { request, base: exact, check: exact > 0 && (this.#known.get(pk) ?? 0) < exact };
    }
    const given = events.some((event) => event.idIsGiven);
    const latest = await this.#reads.latest(pk, given ? limits.lookBack : 1);
    const versions = given ? this.#versionsOf(request, latest) : null;
    if (versions) return { request, versions };
    const last = latest[0];
    if (last?.type === deletedType) throw new StreamDeleted(log, id, last.version);
    if (!last && expected.given === "streamExists") throw new VersionConflict(log, id, expected.given, 0);
    if (last) this.remember(pk, last.version);
    return { request, base: last?.version ?? 0, check: false };
  }

  /**
   * The versions of the request's events if all of them are among the latest, in order; null if
   * none is.
   */
  #versionsOf({ log, id, events }, latest) {
    const byId = new Map(latest.map((event) => [event.eventId, event.version]));
    const versions = events.map((event) => byId.get(event.eventId));
    const found = versions.filter((version) => version !== undefined);
    if (found.length === 0) return null;
    if (found.length === events.length && versions.every((version, i) => i === 0 || version > versions[i - 1]))
      return versions;
    const ids = events.map((event) => event.eventId).filter((eventId) => byId.has(eventId));
    throw new EventIdConflict(log, id, ids);
  }

  /** The events of one stream are there already: looks for those that belong after exact versions, too. */
  async #findOthers(plans) {
    for (const plan of plans) {
      const { events, expected } = plan.request;
      if (plan.versions || expected.exact === undefined || !(await this.#lookForOwn(plan))) continue;
      plan.versions = events.map((_, i) => plan.base + i + 1);
    }
  }

  // A transaction has 100 actions. If checks do not fit beside the events, the versions are read instead.
  async #makeRoom(plans) {
    const actions = () => plans.reduce((sum, plan) => sum + plan.request.events.length + (plan.check ? 1 : 0), 0);
    for (const plan of plans) {
      if (!plan.check || actions() <= limits.eventsPerAppend) continue;
      const { log, id, pk, expected } = plan.request;
      const { items } = await this.#reads.page(pk, { from: plan.base, to: plan.base, idsOnly: true });
      plan.check = false;
      if (items.length > 0 && items[0].type?.S !== deletedType) continue;
      if (await this.#lookForOwn(plan)) continue; // the write fails, and finds them again
      await this.#explainLoss([plan], true);
      throw new VersionConflict(log, id, expected.given, plan.base);
    }
  }

  /**
   * Writes what was planned. Returns false if a condition did not hold. Throws the service's error.
   */
  async #write(plans) {
    const actions = plans.flatMap((plan) => this.#actions(plan));
    const [operation, request] =
      actions.length === 1
        ? ["PutItem", actions[0].Put]
        : ["TransactWriteItems", { TransactItems: actions, ClientRequestToken: this.#environment.uuid() }];
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#transport.call("dynamodb", operation, request);
        return true;
      } catch (error) {
        const meaning = meaningOf(error);
        if (meaning === "lost") return false;
        if (meaning === "failed" || attempt === attempts) throw error;
        // Every event has its id, so a write whose answer was lost can be sent again.
        await this.#environment.sleep(pauseOf(this.#environment, attempt, servicePause));
      }
    }
  }

  #actions({ request: { pk, events }, base, check }) {
    const puts = events.map((event, i) => ({
      Put: {
        TableName: this.#table,
        Item: { ...keyOf(pk, base + i + 1), ...event.attributes },
        ConditionExpression: "attribute_not_exists(pk)",
      },
    }));
    if (!check) return puts;
    const exists = {
      TableName: this.#table,
      Key: keyOf(pk, base),
      ConditionExpression: "attribute_exists(pk) AND #type <> :deleted",
      ExpressionAttributeNames: { "#type": "type" },
      ExpressionAttributeValues: { ":deleted": { S: deletedType } },
    };
    return [{ ConditionCheck: exists }, ...puts];
  }

  /** Whether the events after the plan's base are the request's own, all of them. */
  async #lookForOwn({ request: { pk, events }, base }) {
    let found = 0;
    const range = { from: base + 1, to: base + events.length, idsOnly: true };
    for await (const item of this.#reads.items(pk, range)) {
      if (!hasVersion(item)) continue;
      if (versionOf(item) !== base + found + 1 || item.eventId?.S !== events[found].eventId) return false;
      found += 1;
    }
    return found === events.length;
  }

  /** Throws if a request can never succeed, or this was its last race. */
  async #explainLoss(plans, isLast) {
    for (const { request, base } of plans) {
      if (request.expected.exact === undefined && !isLast) continue; // it is planned anew
      const { log, id, pk, expected } = request;
      const [last] = await this.#reads.latest(pk);
      const current = last?.version ?? 0;
      if (last?.type === deletedType) throw new StreamDeleted(log, id, current);
      if (current !== base) throw new VersionConflict(log, id, expected.given, current);
    }
    if (isLast) {
      const { log, id, expected } = plans[0].request;
      throw new VersionConflict(log, id, expected.given, plans[0].base);
    }
  }

  #written(plan, appended) {
    const { pk, events } = plan.request;
    const isTombstone = events.at(-1).attributes.type.S === deletedType;
    if (!isTombstone) this.remember(pk, plan.base + events.length);
    return this.#result(
      plan,
      events.map((_, i) => plan.base + i + 1),
      appended,
    );
  }

  #result({ request: { log, id, events } }, versions, appended) {
    const written = events.map((event, i) => ({ version: versions[i], eventId: event.eventId }));
    return { log, id, version: versions.at(-1), events: written, appended };
  }
}

/** Checks the sizes of what is to be written in one transaction. */
function checkSizes(requests) {
  const events = requests.flatMap((request) => request.events);
  if (events.length === 0) throw new InvalidArgument("no events to append", "events");
  if (events.length > limits.eventsPerAppend) {
    throw new InvalidArgument(
      `${events.length} events; at most ${limits.eventsPerAppend} can be appended at once`,
      "eventsPerAppend",
    );
  }
  for (const event of events) {
    if (event.bytes > limits.eventBytes) {
      throw new InvalidArgument(
        `an event of type ${event.attributes.type.S} has ${event.bytes} bytes as an item; at most 409,600 (400 KB) fit`,
        "eventBytes",
      );
    }
  }
  const bytes = events.reduce((sum, event) => sum + event.bytes, 0);
  if (events.length > 1 && bytes > limits.transactionBytes) {
    throw new InvalidArgument(
      `the events have ${bytes} bytes; at most 4,194,304 (4 MB) can be appended at once`,
      "transactionBytes",
    );
  }
}

module.exports = { Appender, checkSizes };
