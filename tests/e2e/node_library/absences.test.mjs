// Subscriptions whose consumers sleep, die and are away for longer than the stream keeps its records.
import assert from "node:assert/strict";
import { test } from "node:test";
import { disconnectable, following, forgetful, holdable, made } from "./consumers.mjs";
import { transport } from "./tables.mjs";

const day = 24 * 3600 * 1000;

/** Says that the group is alive: what a consumer that reads other shards does. */
async function sayAlive(stage, time) {
  await transport.call("dynamodb", "UpdateItem", {
    TableName: `${stage}-core`,
    Key: { pk: { S: "subscription#g" }, sk: { S: "group" } },
    UpdateExpression: "SET aliveAt = :now",
    ExpressionAttributeValues: { ":now": { S: new Date(time.now()).toISOString() } },
  });
}

test("a consumer that sleeps while it looks where the shards end does not move those of its successor", async (t) => {
  const { time, append, consume, saw, seen } = await made(t);
  await append("a", 1);
  let isAsleep = false;
  const sleepy = holdable(time.transport);
  const wire = {
    call: (service, operation, request) => {
      if (operation === "GetShardIterator" && !isAsleep) isAsleep = Boolean(sleepy.hold());
      return sleepy.transport.call(service, operation, request);
    },
  };
  consume({ consumer: "sleepy", transport: wire });
  await time.until(() => isAsleep);
  const successor = consume({ consumer: "successor" });
  await saw("a", 1);
  await append("a", 1);
  await saw("a", 2);
  await successor.stop();
  await append("a", 2);
  sleepy.letGo();
  await saw("a", 4);
  assert.deepEqual(seen.a, [1, 2, 3, 4]);
});

for (const [when, isFollowing] of Object.entries({ "while it catches up": false, "while it follows": true })) {
  test(`a consumer that wakes up ${when} looks who has its events now, before the next one`, async (t) => {
    const { time, append, consume, saw, until, stage } = await made(t);
    const sleepy = holdable(time.transport);
    const handled = [];
    if (!isFollowing) await append("a", 3);
    consume({
      transport: sleepy.transport,
      handlers: async ({ version }) => {
        handled.push(version);
        if (handled.length === 1) await sleepy.hold();
      },
    });
    if (isFollowing) {
      await following(time, stage);
      await append("a", 3);
    }
    await until(() => handled.length === 1);
    consume();
    await saw("a", 3);
    sleepy.letGo();
    await time.rest();
    assert.deepEqual(handled, [1]);
  });
}

test("positions of a catch-up that another consumer goes on with a day later are looked up again", async (t) => {
  const { time, append, consume, record, saw } = await made(t);
  await append("a", 1);
  const dying = disconnectable(time);
  consume({ transport: dying.transport, handlers: () => dying.disconnect() });
  await time.until(() => !dying.isConnected());
  time.pass(day);
  const operations = [];
  const wire = time.wrap({
    call: (service, operation, request) => {
      operations.push(operation);
      return transport.call(service, operation, request);
    },
  });
  let before; // its first event
  consume({
    transport: wire,
    handlers: (event) => {
      before ??= [...operations];
      record(event);
    },
  });
  await saw("a", 1);
  assert.ok(before.includes("GetShardIterator"));
});

test("a consumer that sleeps for a day misses nothing", async (t) => {
  const { time, append, consume, saw, stage } = await made(t);
  const stream = forgetful(transport, stage);
  const sleepy = holdable(time.wrap(stream));
  consume({ transport: sleepy.transport });
  await following(time, stage);
  sleepy.hold();
  await append("a", 1);
  await stream.forget();
  time.pass(day);
  sleepy.letGo();
  await saw("a", 1);
});

test("records that have expired in a shard without a position are not missed", async (t) => {
  const { time, append, consume, saw, stage } = await made(t);
  const stream = forgetful(transport, stage);
  const first = consume({ transport: time.wrap(stream) });
  await following(time, stage);
  await first.stop();
  await append("a", 1);
  await stream.forget();
  time.pass(day);
  await sayAlive(stage, time);
  consume({ transport: time.wrap(stream) });
  await saw("a", 1);
});

test("a shard that stays empty for days is no reason to start over", async (t) => {
  const { time, append, consume, saw, stage, notices } = await made(t);
  const first = consume();
  await following(time, stage);
  for (let hour = 0; hour < 48; hour++) {
    time.pass(3600 * 1000);
    await time.rest();
  }
  await first.stop();
  consume();
  await append("a", 1);
  await saw("a", 1);
  assert.deepEqual(notices, []);
});
