// How events come to handlers: several streams at a time, parking, items that are no events.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import { EventLog } from "dynamodb-log";
import { made } from "./consumers.mjs";
import { stageOf, testEnvironment, transport } from "./tables.mjs";

const inside = createRequire(import.meta.url);
const { Deliveries } = inside("./node_modules/dynamodb-log/src/subscription/deliveries.js");
const { ParkedEvents } = inside("./node_modules/dynamodb-log/src/subscription/parked-events.js");

const { signal } = new AbortController();
const renew = async () => {};

/** A log, and deliveries of its streams to handlers that fail the events of the type "bad". */
async function deliveriesOf(t, options = {}) {
  const stage = await stageOf(t);
  const eventLog = new EventLog({ stage, transport, environment: testEnvironment() });
  const table = eventLog.readModelTable;
  const parked = new ParkedEvents({ ...eventLog, table, logTable: eventLog.table, group: "g" });
  const handlers = {
    bad: () => {
      throw new Error("bad");
    },
  };
  const started = () =>
    new Deliveries({
      eventLog,
      reads: {},
      parked,
      attempts: 1,
      concurrency: 2,
      notice: () => {},
      handlers,
      ...options,
    });
  const eventOf = async (id, version, type) => {
    await eventLog.append("things", id, { type }, version - 1);
    const pk = `things#${id}#stream`;
    return { pk, version, item: await parked.itemOf({ pk, version }) };
  };
  return { parked, started, eventOf };
}

async function itemsOf(parked) {
  const items = [];
  for await (const { log, id, version, type, attempts, error } of parked.list()) {
    items.push({ log, id, version, type, attempts, error: error.split("\n")[0] });
  }
  return items;
}

test("a worker fails: the others end before the events are delivered again", async (t) => {
  const log = [];
  let letGo;
  const handlers = {
    bad: () => Promise.reject(new Error("bad")),
    good: async ({ version }) => {
      log.push(`begin ${version}`);
      if (version === 1) await new Promise((resolve) => (letGo = resolve));
      log.push(`end ${version}`);
    },
  };
  const { parked, started, eventOf } = await deliveriesOf(t, { handlers });
  const deliveries = started();
  const events = [await eventOf("x", 1, "bad")];
  for (const version of [1, 2, 3]) events.push(await eventOf("y", version, "good"));
  const { park } = parked;
  parked.park = () => {
    setImmediate(() => letGo());
    parked.park = park;
    throw new Error("no answer");
  };
  await assert.rejects(deliveries.deliver(events, signal, renew), /no answer/);
  assert.deepEqual(log, ["begin 1", "end 1"]);
  assert.equal(await deliveries.deliver(events, signal, renew), 4);
  assert.deepEqual(log, ["begin 1", "end 1", "begin 2", "end 2", "begin 3", "end 3"]);
});

test("a parked event that comes again keeps its error", async (t) => {
  const { parked, started, eventOf } = await deliveriesOf(t);
  const events = [await eventOf("x", 1, "bad"), await eventOf("x", 2, "good")];
  await started().deliver(events, signal, renew);
  const after = started(); // it has crashed before it saved the position
  await after.loadParked();
  await after.deliver(events, signal, renew);
  assert.deepEqual(await itemsOf(parked), [
    { log: "things", id: "x", version: 1, type: "bad", attempts: 1, error: "Error: bad" },
    {
      log: "things",
      id: "x",
      version: 2,
      type: "good",
      attempts: 0,
      error: "It waits behind an earlier event of its stream.",
    },
  ]);
});

test("items whose sort key is no version are noticed and passed over", async (t) => {
  const { append, consume, writer, saw, seen, until, notices, stage } = await made(t);
  const put = (sk) =>
    transport.call("dynamodb", "PutItem", {
      TableName: `${stage}-dynamodb-logs`,
      Item: { pk: { S: "things#a#stream" }, sk: { N: sk } },
    });
  await append("a", 2);
  for (const sk of ["0", "1.5"]) await put(sk);
  consume();
  await saw("a", 2);
  const later = ["2.5", "2.99999999999999999999", "9007199254740993"]; // as JavaScript numbers two are versions
  for (const sk of later) await put(sk);
  await writer.append("things", "a", { type: "happened" }, 2);
  await saw("a", 3);
  assert.deepEqual(seen.a, [1, 2, 3]);
  for (const sk of ["0", "1.5", ...later]) {
    await until(() => notices.some((line) => line.includes(`things#a#stream ${sk}:`)));
  }
});
