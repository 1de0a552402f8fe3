// Runs the cases that all languages run (clients/cases/README.md). CASES names their folder.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { Decimal, EventLog } from "dynamodb-log";
import { expand } from "./case-values.mjs";
import { stageOf, transport } from "./tables.mjs";

const folder = process.env.CASES;
const lostBySdk = ["the name __proto__"]; // the AWS SDK leaves out a member of this name

// --- comparing ---

/** Numbers by their value, sets in any order. */
function comparable(value) {
  if (value instanceof Decimal || typeof value === "number") return { number: canonical(String(value)) };
  if (value instanceof Set)
    return {
      set: [...value]
        .map(comparable)
        .map((one) => JSON.stringify(one))
        .sort(),
    };
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString("hex") };
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, comparable(member)]));
}

function canonical(text) {
  const [, sign, whole, fraction = "", power = 0] = /^(-?)(\d+)(?:\.(\d*))?(?:e([+-]?\d+))?$/i.exec(text);
  const digits = (whole + fraction).replace(/^0+/, "");
  const exponent = Number(power) - fraction.length + (digits.length - digits.replace(/0+$/, "").length);
  return digits ? `${sign}${digits.replace(/0+$/, "")}e${exponent}` : "0";
}

function sameEvents(actual, expected) {
  const shown = actual.map((event, i) => {
    const { eventId, createdAt, ...others } = event;
    if (expected[i] && "eventId" in expected[i]) others.eventId = eventId;
    if (expected[i] && "createdAt" in expected[i]) others.createdAt = createdAt;
    return others;
  });
  assert.deepEqual(shown.map(comparable), expected.map(comparable));
}

const byStream = (a, b) => (a.log === b.log ? compare(a.id, b.id) || a.version - b.version : compare(a.log, b.log));
const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
const sortedByStream = (events) =>
  events
    .map((event, i) => [event, i])
    .sort(([a, i], [b, j]) => (a.log === b.log && a.id === b.id ? i - j : byStream(a, b)))
    .map(([event]) => event); // the order within a stream stays

function sameMembers(actual, expected) {
  const shown = Object.fromEntries(Object.keys(expected).map((name) => [name, actual[name]]));
  assert.deepEqual(shown, expected);
}

// --- operations ---

async function listOf(iterator) {
  const all = [];
  for await (const one of iterator) all.push(one);
  return all;
}

async function pages(eventLog, { log, id, ...options }) {
  const versions = [];
  let cursor;
  do {
    const page = await eventLog.readPage(log, id, { ...options, cursor });
    if (page.events.length > 0) versions.push(page.events.map((event) => event.version));
    cursor = page.cursor;
  } while (cursor !== undefined);
  return { versions };
}

const operations = {
  append: (eventLog, { log, id, events, expected }) => eventLog.append(log, id, events, expected),
  appendTransaction: async (eventLog, appends) => ({ results: await eventLog.appendTransaction(appends) }),
  deleteStream: (eventLog, { log, id, expected }) => eventLog.deleteStream(log, id, expected),
  read: async (eventLog, { log, id, ...options }) => {
    const events = await listOf(eventLog.read(log, id, options));
    return { events, count: events.length };
  },
  readPage: async (eventLog, { log, id, ...options }) => {
    const page = await eventLog.readPage(log, id, options);
    return { events: page.events, more: page.cursor !== undefined };
  },
  pages,
  readAll: async (eventLog, options) => ({ events: sortedByStream(await listOf(eventLog.readAll(options))) }),
  version: async (eventLog, { log, id }) => ({ version: await eventLog.version(log, id) }),
  exists: async (eventLog, { log, id }) => ({ exists: await eventLog.exists(log, id) }),
  streams: async (eventLog, { log }) => ({ streams: (await listOf(eventLog.streams(log))).sort(byStream) }),
  logs: async (eventLog) => ({ logs: (await listOf(eventLog.logs())).sort() }),
  decide,
  put: (eventLog, item) => put(eventLog.table, item),
  remove: (eventLog, Key) => transport.call("dynamodb", "DeleteItem", { TableName: eventLog.table, Key }),
};

/** Decides as the accounts of the cases do. */
async function decide(eventLog, { log, id, deposit, withdraw, meanwhile = [], ...options }) {
  let others = meanwhile;
  const result = await eventLog.decide(log, id, {
    ...options,
    initial: { balance: 0 },
    evolve: ({ balance }, { type, payload: { amount } }) => ({
      balance: type === "deposited" ? balance + amount : balance - amount,
    }),
    decide: async ({ balance }) => {
      const events = others;
      others = [];
      if (events.length > 0) await new EventLog({ transport, table: eventLog.table }).append(log, id, events, "any");
      if (deposit) return { type: "deposited", payload: { amount: deposit } };
      return withdraw <= balance ? { type: "withdrawn", payload: { amount: withdraw } } : [];
    },
  });
  return { ...result, appended: result.events.length > 0 };
}

const boxed = { encode: (payload) => ({ boxed: payload }), decode: (stored) => stored.boxed ?? stored };

/** The codec and the upcasters of a case. */
function schemaOf({ codec, upcasters = {} } = {}) {
  const renamer =
    ([from, to]) =>
    ({ [from]: value, ...others }) => ({ ...others, [to]: value });
  return {
    ...(codec && { codec: boxed }),
    upcasters: Object.fromEntries(Object.entries(upcasters).map(([type, steps]) => [type, steps.map(renamer)])),
  };
}

const put = (TableName, Item) => transport.call("dynamodb", "PutItem", { TableName, Item });

/**
 * Events that are there before the test come from other programs: through an EventLog of their own,
 * and by PutItem.
 */
async function give(stage, given) {
  const writer = new EventLog({ stage, transport });
  for (const one of given) {
    if (typeof one.pk === "object") await put(writer.table, one);
    else await put(writer.table, itemOf(one));
  }
}

const attributeOf = (value) => {
  if (value instanceof Decimal) return { N: value.toString() };
  if (typeof value === "string") return { S: value };
  if (typeof value === "number") return { N: String(value) };
  return { M: attributesOf(value) };
};
const attributesOf = (object) =>
  Object.fromEntries(Object.entries(object).map(([name, value]) => [name, attributeOf(value)]));

const itemOf = ({ log, id, version, ...others }) => ({
  pk: { S: `${log}#${id}#stream` },
  sk: { N: String(version) },
  log: { S: log },
  ...attributesOf(others),
});

async function check(eventLog, when, then) {
  const [[operation, argument]] = Object.entries(when);
  const running = (async () => operations[operation](eventLog, expand(argument)))();
  if (then.error) {
    const error = await running.then(
      (result) => assert.fail(`no error: ${JSON.stringify(result)}`),
      (thrown) => thrown,
    );
    const { error: name, ...members } = then;
    assert.equal(error.name, name, error.stack);
    sameMembers(error, members);
    return;
  }
  const { events, ...others } = then;
  const result = await running;
  if (operation === "append" && events) assert.deepEqual(result.events, events);
  else if (events) sameEvents(result.events, expand(events));
  if (operation === "appendTransaction") others.results.forEach((one, i) => sameMembers(result.results[i], one));
  else sameMembers(result ?? {}, others);
}

for (const file of readdirSync(folder)
  .filter((name) => name.endsWith(".json"))
  .sort()) {
  const { about, cases } = JSON.parse(readFileSync(path.join(folder, file)));
  if (about === undefined || !cases[0].name || file === "trigger.json") continue;
  describe(`${file}: ${about}`, () => {
    for (const one of cases) {
      const skip = process.env.THROUGH === "sdk" && lostBySdk.includes(one.name);
      test(one.name, { skip }, async (t) => {
        const stage = await stageOf(t);
        await give(stage, expand(one.given ?? []));
        const eventLog = new EventLog({ stage, transport, ...schemaOf(one.schema) });
        for (const { when, then } of one.steps ?? [one]) await check(eventLog, when, then);
        if (!one.items) return;
        const stored = await listOf(new EventLog({ stage, transport }).readAll());
        sameEvents(sortedByStream(stored), sortedByStream(expand(one.items)));
      });
    }
  });
}
