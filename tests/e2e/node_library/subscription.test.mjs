// Subscriptions: catching up, following, leases, parking. Time passes only while nothing else happens
// (simulated-time.mjs), so nothing here waits or depends on how fast the machine is.
import assert from "node:assert/strict";
import { test } from "node:test";
import { EventLog, ServiceError, Subscription } from "dynamodb-log";
import { disconnectable, following, made } from "./consumers.mjs";
import { stageOf, transport } from "./tables.mjs";

const range = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

test("catches up from the table, then follows its stream", async (t) => {
  const { append, consume, seen, saw } = await made(t);
  await append("a", 3);
  await append("b", 2);
  consume();
  await saw("a", 3);
  await saw("b", 2);
  await append("a", 2);
  await append("c");
  await saw("a", 5);
  await saw("c", 1);
  assert.deepEqual(seen, { a: range(1, 5), b: range(1, 2), c: [1] });
});

test("goes on where it stopped", async (t) => {
  const { append, consume, seen, saw } = await made(t);
  await append("a", 2);
  const first = consume();
  await saw("a", 2);
  await append("a", 1);
  await saw("a", 3);
  await first.stop();
  await append("a", 2);
  consume();
  await saw("a", 5);
  assert.deepEqual(seen.a, range(1, 5), "nothing twice, nothing missed");
});

test("from now on: what was there before is not delivered", async (t) => {
  const { append, consume, seen, saw, time, stage } = await made(t);
  await append("a", 3);
  consume({ from: "now" });
  await following(time, stage);
  await append("a", 1);
  await saw("a", 1);
  assert.deepEqual(seen.a, [4]);
});

test("handlers by type, logs by name", async (t) => {
  const { append, consume, writer, until } = await made(t);
  const got = [];
  consume({
    logs: ["things"],
    handlers: {
      born: () => got.push("born"),
      "*": (event) => got.push(`other: ${event.type}`),
      toString: () => got.push("toString"),
    },
  });
  await append("a", 1, "born");
  await append("a", 1, "grown");
  await writer.append("elsewhere", "a", { type: "born" }, "any");
  await append("a", 1, "toString");
  await until(() => got.length === 3);
  assert.deepEqual(got, ["born", "other: grown", "toString"]);
});

test("a handler that fails is called again, with pauses", async (t) => {
  const { append, consume, record, saw, seen } = await made(t);
  const attempts = [];
  consume({
    handlers: (event, { attempt }) => {
      attempts.push(attempt);
      if (attempt < 3) throw new Error("not yet");
      record(event);
    },
  });
  await append("a", 1);
  await saw("a", 1);
  assert.deepEqual(attempts, [1, 2, 3]);
  assert.deepEqual(seen.a, [1]);
});

test("an event that cannot be handled is parked, and its stream behind it; others go on", async (t) => {
  const { append, consume, record, until, saw, seen, notices } = await made(t);
  let broken = true;
  const consumer = consume({
    attempts: 2,
    handlers: (event) => {
      if (broken && event.id === "a" && event.version === 2) throw new Error("poison");
      record(event);
    },
  });
  await append("a", 3);
  await append("b", 2);
  await saw("b", 2);
  const parked = async () => {
    const all = [];
    for await (const one of consumer.parked()) all.push(one);
    return all;
  };
  await until(async () => (await parked()).length === 2);
  assert.deepEqual(
    (await parked()).map(({ id, version, attempts }) => [id, version, attempts]),
    [
      ["a", 2, 2],
      ["a", 3, 0],
    ],
  );
  assert.match((await parked())[0].error, /poison/);
  assert.deepEqual(seen.a, [1]);
  assert.match(notices.join(), /Parked things#a#stream version 2 after 2 attempts: poison/);

  assert.deepEqual(await consumer.retryParked(), { handled: 0, failed: 1, missing: [] });
  assert.equal((await parked())[0].attempts, 3);
  broken = false;
  assert.deepEqual(await consumer.retryParked(), { handled: 2, failed: 0, missing: [] });
  await append("a", 1);
  await saw("a", 4);
  assert.deepEqual(seen.a, range(1, 4));
});

test("a stream whose key is longer than a sort key can be is parked, too", async (t) => {
  const { append, consume, record, until, seen } = await made(t);
  const [long, longer] = ["å".repeat(700), `${"å".repeat(700)}x`];
  let broken = true;
  const consumer = consume({
    attempts: 1,
    handlers: (event) => {
      if (broken && event.id.startsWith(long)) throw new Error("poison");
      record(event);
    },
  });
  await append(long, 2);
  await append(longer, 2);
  const parked = async () => {
    const all = [];
    for await (const { id, version } of consumer.parked()) all.push(`${id.length} ${version}`);
    return all.sort();
  };
  await until(async () => (await parked()).length === 4);
  assert.deepEqual(await parked(), ["700 1", "700 2", "701 1", "701 2"]);
  broken = false;
  assert.deepEqual(await consumer.retryParked(), { handled: 4, failed: 0, missing: [] });
  assert.deepEqual(seen[long], [1, 2]);
});

test("a stream stays parked when another consumer goes on", async (t) => {
  const { append, consume, record, until, seen, saw } = await made(t);
  const failing = () => {
    throw new Error("poison");
  };
  const first = consume({ attempts: 1, handlers: failing });
  const parked = async () => {
    const versions = [];
    for await (const one of first.parked()) versions.push(one.version);
    return versions;
  };
  await append("a", 1);
  await until(async () => (await parked()).length === 1);
  await first.stop();
  const second = consume({ handlers: record });
  await append("a", 1);
  await append("b", 1);
  await saw("b", 1);
  await until(async () => (await parked()).length === 2);
  assert.deepEqual(seen, { b: [1] });
  assert.deepEqual(await second.retryParked(), { handled: 2, failed: 0, missing: [] });
  assert.deepEqual(seen.a, [1, 2]);
});

test("an item that is no event is parked, not skipped", async (t) => {
  const { consume, until, writer, saw, append } = await made(t);
  const consumer = consume({ attempts: 1 });
  await transport.call("dynamodb", "PutItem", {
    TableName: writer.table,
    Item: { pk: { S: "things#x#stream" }, sk: { N: "1" }, log: { S: "things" } },
  });
  await append("b", 1);
  await saw("b", 1);
  const errors = [];
  await until(async () => {
    errors.length = 0;
    for await (const one of consumer.parked()) errors.push(one.error);
    return errors.length === 1;
  });
  assert.match(errors[0], /"type" is missing/);
});

test("two consumers share the group: each event is delivered, in order by stream", async (t) => {
  const { append, consume, seen, saw } = await made(t);
  await append("a", 5);
  const first = consume();
  consume();
  await saw("a", 5);
  await append("b", 5);
  await saw("b", 5);
  await first.stop();
  await append("b", 5);
  await saw("b", 10);
  assert.deepEqual(seen, { a: range(1, 5), b: range(1, 10) });
});

test("the shards of a consumer that died are taken over", async (t) => {
  const { append, consume, seen, saw, time } = await made(t);
  const dying = disconnectable(time);
  consume({ transport: dying.transport });
  await append("a", 2);
  await saw("a", 2);
  await time.rest();
  dying.disconnect();
  consume();
  await append("a", 2);
  await saw("a", 4);
  assert.deepEqual(seen.a, range(1, 4));
});

test("a consumer that died while it caught up is replaced, where it was", async (t) => {
  const { append, consume, seen, until, time, record } = await made(t);
  for (const id of ["a", "b", "c"]) await append(id, 2);
  const dying = disconnectable(time);
  consume({
    transport: dying.transport,
    handlers: (event) => {
      record(event);
      dying.disconnect();
    },
  });
  await until(() => Object.keys(seen).length > 0);
  consume();
  await until(() => ["a", "b", "c"].every((id) => seen[id]?.includes(2)));
  for (const versions of Object.values(seen)) assert.deepEqual([...new Set(versions)], [1, 2]);
});

test("a server that is away for a while is waited for", async (t) => {
  const { append, consume, seen, saw, time, notices } = await made(t);
  const flaky = disconnectable(time);
  consume({ transport: flaky.transport });
  await append("a", 1);
  await saw("a", 1);
  flaky.disconnect();
  await append("a", 1);
  await time.until(() => notices.some((line) => /waits/.test(line)));
  flaky.connect();
  await saw("a", 2);
  assert.deepEqual(seen.a, [1, 2]);
});

test("an error that does not pass ends the subscription", async (t) => {
  const { consume, time } = await made(t);
  const refusal = new ServiceError({ type: "AccessDeniedException", status: 400 });
  const consumer = consume({ transport: time.wrap({ call: () => Promise.reject(refusal) }) });
  await assert.rejects(consumer.run(), refusal);
});

test("who was away for too long catches up from the table", async (t) => {
  const { append, consume, seen, saw, time } = await made(t);
  await append("a", 2);
  const first = consume();
  await saw("a", 2);
  await first.stop();
  await append("b", 1);
  time.pass(21 * 3600 * 1000);
  consume();
  await saw("b", 1);
  await saw("a", 4);
  assert.deepEqual(seen, { a: [1, 2, 1, 2], b: [1] }, "at least once");
});

test("records that have expired unread: catches up from the table", async (t) => {
  const { append, consume, seen, saw, time, notices } = await made(t);
  await append("a", 1);
  let trimmed = true;
  const wire = {
    call: (service, operation, request) => {
      if (operation === "GetShardIterator" && request.ShardIteratorType === "AFTER_SEQUENCE_NUMBER" && trimmed) {
        trimmed = false;
        throw new ServiceError({ type: "TrimmedDataAccessException", message: "gone", status: 400 });
      }
      return transport.call(service, operation, request);
    },
  };
  consume({ transport: time.wrap(wire) });
  await saw("a", 1);
  await append("b", 1);
  await saw("b", 1);
  await time.until(() => notices.some((line) => /catches up from the table/.test(line)));
  assert.ok(seen.a.every((version) => version === 1));
});

test("a stream that only has keys: the events are read from the table", async (t) => {
  const { append, consume, seen, saw, time } = await made(t);
  const keysOnly = {
    call: async (service, operation, request) => {
      const answer = await transport.call(service, operation, request);
      for (const record of operation === "GetRecords" ? answer.Records : []) delete record.dynamodb.NewImage;
      return answer;
    },
  };
  consume({ transport: time.wrap(keysOnly) });
  await append("a", 3);
  await saw("a", 3);
  assert.deepEqual(seen.a, range(1, 3));
});

test("several streams at a time, each in order", async (t) => {
  const { append, consume, seen, until, time } = await made(t);
  const ids = ["a", "b", "c", "d"];
  for (const id of ids) await append(id, 10);
  let running = 0;
  let most = 0;
  consume({
    concurrency: 3,
    handlers: async (event) => {
      most = Math.max(most, ++running);
      await time.sleep(1);
      (seen[event.id] ??= []).push(event.version);
      running -= 1;
    },
  });
  await until(() => ids.every((id) => seen[id]?.length === 10));
  assert.equal(most, 3);
  for (const id of ids) assert.deepEqual(seen[id], range(1, 10));
});

test("stop() waits for the running handler, and saves what is done", async (t) => {
  const { append, consume, seen, until, record, saw } = await made(t);
  let release;
  const first = consume({
    handlers: (event) =>
      new Promise((resolve) => {
        record(event);
        release = resolve;
      }),
  });
  await append("a", 2);
  await until(() => seen.a?.length === 1);
  const stopped = first.stop();
  release();
  await stopped;
  consume();
  await saw("a", 2);
  assert.deepEqual(seen.a, [1, 2]);
});

test("a table without a stream is an error", async (t) => {
  const eventLog = new EventLog({ stage: await stageOf(t), transport });
  await assert.rejects(new Subscription({ eventLog, group: "g", handlers: {} }).run(), { name: "ConfigurationError" });
});

test("options that make no sense are refused", () => {
  const eventLog = new EventLog({ transport });
  for (const wrong of [
    { group: "" },
    { handlers: 1 },
    { from: "later" },
    { attempts: 0 },
    { concurrency: 1.5 },
    { leaseDuration: -1 },
  ]) {
    assert.throws(
      () => new Subscription({ eventLog, group: "g", handlers: {}, ...wrong }),
      { name: "InvalidArgument" },
      JSON.stringify(wrong),
    );
  }
});
