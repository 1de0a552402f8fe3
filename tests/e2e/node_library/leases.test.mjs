// How the consumers of a group share shards: the plan by itself, and groups that follow a stream of several shards.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import { EventLog, NotReachable, Subscription } from "dynamodb-log";
import { SimulatedTime } from "./simulated-time.mjs";
import { SplitStream } from "./split-stream.mjs";
import { stageOf, transport } from "./tables.mjs";

const inside = createRequire(import.meta.url);
const { LeasePlan, readable, unread } = inside("./node_modules/dynamodb-log/src/subscription/lease-plan.js");

const lease = (shardId, owner, counter = 1, more = {}) => ({ shardId, owner, counter, finished: false, ...more });
const idsOf = (leases) => leases.map(({ shardId }) => shardId);

test("takes what is free, its share of it", () => {
  const plan = new LeasePlan({ me: "a", duration: 10 });
  assert.deepEqual(idsOf(plan.next([lease("1"), lease("2"), lease("3")], 0).take), ["1", "2", "3"]);
  assert.deepEqual(idsOf(plan.next([lease("1", "b"), lease("2"), lease("3")], 0).take), ["2", "3"]);
  assert.deepEqual(idsOf(plan.next([lease("1", "b"), lease("2", "a"), lease("3")], 0).take), ["3"]);
});

test("takes over what has stood still for the lease's duration", () => {
  const plan = new LeasePlan({ me: "a", duration: 10 });
  assert.deepEqual(plan.next([lease("1", "b", 1)], 0).take, []);
  assert.deepEqual(plan.next([lease("1", "b", 1)], 9).take, []);
  assert.deepEqual(plan.next([lease("1", "b", 2)], 12).take, [], "it has moved");
  assert.deepEqual(idsOf(plan.next([lease("1", "b", 2)], 22).take), ["1"]);
});

test("asks who has most, if it has less than its share and nothing is free", () => {
  const plan = new LeasePlan({ me: "a", duration: 10 });
  const others = [lease("1", "b"), lease("2", "c"), lease("3", "c"), lease("4", "c")];
  assert.equal(plan.next(others, 0).ask.shardId, "2");
  assert.equal(plan.next([...others, lease("5", "a")], 0).ask, undefined);
  assert.equal(plan.next([lease("1", "b")], 0).ask, undefined, "one shard is for one consumer");
  assert.equal(plan.next([lease("1", "b", 1, { wantedBy: "d" }), lease("2", "b")], 0).ask.shardId, "2");
});

test("a shard can be read once its parent is finished, or gone", () => {
  const shards = [{ shardId: "p" }, { shardId: "c", parent: "p" }, { shardId: "o", parent: "gone" }];
  assert.deepEqual(idsOf(unread([], shards)), ["p", "o"]);
  assert.deepEqual(idsOf(unread([lease("p", "a"), lease("o", "a")], shards)), []);
  assert.deepEqual(idsOf(unread([lease("p", "a", 1, { finished: true })], shards)), ["c", "o"]);
  assert.deepEqual(idsOf(readable([lease("p", "a"), lease("c", "a")], shards)), ["p"]);
});

// --- groups ---

const ids = Array.from({ length: 12 }, (_, i) => `id-${i}`);

async function group(t, shardCount) {
  const stage = await stageOf(t, { stream: true });
  const stream = new SplitStream(transport, shardCount);
  const time = new SimulatedTime(stream);
  const writer = new EventLog({ stage, transport });
  const seen = Object.fromEntries(ids.map((id) => [id, []]));
  const by = {}; // by consumer: the ids whose events it has handled since the last look
  const consumers = [];
  t.after(async () => {
    let left = consumers.length;
    for (const one of consumers) {
      one
        .stop()
        .catch(() => {})
        .finally(() => (left -= 1));
    }
    await time.until(() => left === 0);
  });
  return {
    stage,
    stream,
    time,
    seen,
    by,
    consume(consumer, wire = stream) {
      by[consumer] = new Set();
      const eventLog = new EventLog({ stage, transport: time.wrap(wire), environment: time });
      const handlers = ({ id, version }) => {
        seen[id].push(version);
        by[consumer].add(id);
      };
      const notice = () => {};
      const subscription = new Subscription({ eventLog, group: "g", consumer, handlers, notice });
      consumers.push(subscription);
      subscription.run().catch(() => {});
      return subscription;
    },
    /** Appends an event to each stream, and waits until all are handled. */
    async round() {
      for (const set of Object.values(by)) set.clear();
      const version = (await writer.version("things", ids[0])) + 1;
      for (const id of ids) await writer.append("things", id, { type: "happened" }, "any");
      await time.until(() => ids.every((id) => seen[id].includes(version)));
    },
    /** Rounds until so many consumers have handled events in one. */
    async untilSharedBy(count) {
      for (let i = 0; i < 50; i++) {
        await this.round();
        if (Object.values(by).filter((set) => set.size > 0).length === count) return;
        await time.rest();
      }
      assert.fail(`not shared by ${count}`);
    },
    inOrder() {
      for (const id of ids)
        assert.deepEqual(
          seen[id],
          [...seen[id].keys()].map((i) => i + 1),
          id,
        );
    },
  };
}

test("consumers join and leave: shards are handed over without an event twice", async (t) => {
  const it = await group(t, 4);
  const first = it.consume("first");
  await it.untilSharedBy(1);
  const second = it.consume("second");
  await it.untilSharedBy(2);
  it.consume("third");
  await it.untilSharedBy(3);
  await first.stop();
  await second.stop();
  await it.untilSharedBy(1);
  it.inOrder();
});

test("shards split: the children are read after their parents", async (t) => {
  const it = await group(t, 2);
  it.consume("first");
  it.consume("second");
  await it.untilSharedBy(2);
  it.stream.split();
  await it.round();
  it.stream.split();
  await it.round();
  await it.untilSharedBy(2);
  it.inOrder();
});

test("a shard splits between two looks of a consumer: nobody starts over", async (t) => {
  const it = await group(t, 1);
  let splits = false;
  const Item = {
    pk: { S: "subscription#g" },
    sk: { S: "shard#shard-0-0" },
    counter: { N: "1" },
    owner: { S: "other" },
  };
  const wire = {
    async call(service, operation, request) {
      const answer = await it.stream.call(service, operation, request);
      if (splits && operation === "DescribeStream") {
        splits = false;
        it.stream.split();
        await transport.call("dynamodb", "PutItem", { TableName: `${it.stage}-core`, Item });
      }
      return answer;
    },
  };
  it.consume("first", wire);
  await it.untilSharedBy(1);
  splits = true;
  await it.time.until(() => !splits);
  await it.round();
  it.inOrder();
});

test("a consumer dies: the others share its shards", async (t) => {
  const it = await group(t, 4);
  let isAlive = true;
  const dying = {
    call: (...call) => (isAlive ? it.stream.call(...call) : Promise.reject(new NotReachable("dead"))),
  };
  it.consume("dying", dying);
  it.consume("second");
  it.consume("third");
  await it.untilSharedBy(3);
  isAlive = false;
  await it.untilSharedBy(2);
  for (const id of ids) {
    const firsts = [...new Set(it.seen[id])];
    assert.deepEqual(
      firsts,
      firsts.map((_, i) => i + 1),
      "at least once, in order",
    );
  }
});

test("a consumer that was taken for dead and comes back gives up what others have", async (t) => {
  const it = await group(t, 2);
  let isConnected = true;
  const flaky = {
    call: (...call) => (isConnected ? it.stream.call(...call) : Promise.reject(new NotReachable("away"))),
  };
  it.consume("flaky", flaky);
  await it.untilSharedBy(1);
  await it.time.rest();
  isConnected = false;
  it.consume("second");
  await it.round();
  await it.time.rest();
  isConnected = true;
  await it.untilSharedBy(2);
  const before = it.seen[ids[0]].length;
  await it.round();
  await it.round();
  for (const id of ids) assert.equal(it.seen[id].length, new Set(it.seen[id]).size, "nothing twice");
  assert.equal(it.seen[ids[0]].length, before + 2);
});
