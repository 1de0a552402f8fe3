// Upcasters, and codecs of payloads.
import assert from "node:assert/strict";
import { test } from "node:test";
import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import { EventLog } from "dynamodb-log";
import { stageOf, transport } from "./tables.mjs";

const upcasters = {
  signup: [
    ({ name, ...others }) => ({ ...others, fullName: name }), // from 1 to 2
    async ({ fullName, ...others }) => ({ ...others, names: fullName.split(" ") }), // from 2 to 3
  ],
};

async function only(eventLog) {
  const events = [];
  for await (const event of eventLog.read("users", "42")) events.push(event);
  assert.equal(events.length, 1);
  return events[0];
}

async function append(stage, metadata, payload = { name: "Ada Lovelace" }) {
  await new EventLog({ stage, transport }).append("users", "42", { type: "signup", payload, metadata }, "any");
}

test("an old event is brought to the latest schema", async (t) => {
  const stage = await stageOf(t);
  await append(stage);
  const event = await only(new EventLog({ stage, transport, upcasters }));
  assert.deepEqual(event.payload, { id: "42", names: ["Ada", "Lovelace"] });
  assert.equal(event.metadata.schemaVersion, 3);
});

test("an event of a later schema passes only the later upcasters", async (t) => {
  const stage = await stageOf(t);
  await append(stage, { schemaVersion: 2, correlationId: "c" }, { fullName: "Ada Lovelace" });
  const event = await only(new EventLog({ stage, transport, upcasters }));
  assert.deepEqual(event.payload, { id: "42", names: ["Ada", "Lovelace"] });
  assert.deepEqual(event.metadata, { schemaVersion: 3, correlationId: "c" });
});

test("a new event is written with the latest schema version", async (t) => {
  const stage = await stageOf(t);
  const eventLog = new EventLog({ stage, transport, upcasters });
  await eventLog.append("users", "42", { type: "signup", payload: { names: ["Ada"] }, metadata: { by: "me" } }, "any");
  assert.deepEqual((await only(new EventLog({ stage, transport }))).metadata, { by: "me", schemaVersion: 3 });
  assert.deepEqual((await only(eventLog)).payload, { id: "42", names: ["Ada"] });
});

test("an event that newer code has written is an error", async (t) => {
  const stage = await stageOf(t);
  await append(stage, { schemaVersion: 4 });
  await assert.rejects(only(new EventLog({ stage, transport, upcasters })), {
    name: "InvalidEvent",
    message: /schema version 4/,
  });
});

test("types without upcasters are left as they are", async (t) => {
  const stage = await stageOf(t);
  await append(stage, { schemaVersion: 7 });
  const event = await only(new EventLog({ stage, transport, upcasters: { other: upcasters.signup } }));
  assert.equal(event.metadata.schemaVersion, 7);
});

const gzipCodec = {
  encode: async (payload) => ({ gzip: new Uint8Array(await promisify(gzip)(JSON.stringify(payload))) }),
  decode: async (stored) => (stored.gzip ? JSON.parse(await promisify(gunzip)(stored.gzip)) : stored),
};

test("a codec compresses payloads; events without it can still be read", async (t) => {
  const stage = await stageOf(t);
  const eventLog = new EventLog({ stage, transport, codec: gzipCodec });
  await append(stage);
  await eventLog.append("users", "42", { type: "note", payload: { text: "x".repeat(1_000_000) } }, 1);
  const stored = [];
  for await (const event of new EventLog({ stage, transport }).read("users", "42")) stored.push(event.payload);
  assert.deepEqual(Object.keys(stored[1]).sort(), ["gzip", "id"]);
  const events = [];
  for await (const event of eventLog.read("users", "42")) events.push(event.payload);
  assert.deepEqual(events[0], { id: "42", name: "Ada Lovelace" });
  assert.equal(events[1].text.length, 1_000_000);
});

test("tombstones pass no codec, so every language can read them", async (t) => {
  const stage = await stageOf(t);
  const plain = new EventLog({ stage, transport });
  const strict = { ...gzipCodec, decode: async ({ gzip }) => JSON.parse(await promisify(gunzip)(gzip)) };
  const eventLog = new EventLog({ stage, transport, codec: strict });
  const lastOf = async (log, id) => {
    for await (const event of log.read("users", id, { direction: "backward", limit: 1 })) return event;
  };
  for (const [id, by] of Object.entries({ 1: plain, 2: eventLog })) {
    await eventLog.append("users", id, { type: "signup" }, "noStream");
    await by.deleteStream("users", id);
    assert.deepEqual((await lastOf(eventLog, id)).payload, { id });
    assert.deepEqual((await lastOf(plain, id)).payload, { id });
  }
});

test("a codec that returns no object is refused before anything is sent", async (t) => {
  const stage = await stageOf(t);
  const eventLog = new EventLog({ stage, transport, codec: { encode: () => "text", decode: (stored) => stored } });
  await assert.rejects(eventLog.append("users", "42", { type: "x" }, "any"), {
    name: "InvalidArgument",
    limit: "codec",
  });
});

for (const sk of ["2.5", "2.99999999999999999999", "9007199254740993"]) {
  test(`an item whose sort key is no version, as ${sk}, holds up no append`, async (t) => {
    const stage = await stageOf(t);
    const log = new EventLog({ stage, transport });
    await log.append("users", "42", [{ type: "signup" }, { type: "left" }], "noStream");
    const stray = { pk: { S: "users#42#stream" }, sk: { N: sk }, type: { S: "$deleted" } };
    await transport.call("dynamodb", "PutItem", { TableName: log.table, Item: stray });
    const again = new EventLog({ stage, transport });
    assert.equal(await again.version("users", "42"), 2);
    for await (const { version, deleted } of again.streams()) assert.deepEqual([version, deleted], [2, false]);
    assert.equal((await again.append("users", "42", { type: "back" }, "any")).version, 3);
    assert.equal((await again.append("users", "42", { type: "back" }, "streamExists")).version, 4);
  });
}

test("numbers are read as asked", async (t) => {
  const stage = await stageOf(t);
  const plain = new EventLog({ stage, transport });
  await plain.append("users", "42", { type: "x", payload: { small: 1.5, large: 12345678901234567890n } }, "any");
  const payloadWith = async (numbers) => (await only(new EventLog({ stage, transport, numbers }))).payload;
  assert.equal((await payloadWith("exact")).small, 1.5);
  assert.equal(String((await payloadWith("exact")).large), "12345678901234567890");
  assert.equal((await payloadWith("bigint")).large, 12345678901234567890n);
  assert.ok((await payloadWith("decimal")).small.equals("1.50"));
  assert.throws(() => new EventLog({ numbers: "float" }), { name: "InvalidArgument" });
});
