// A new generation of read models is built and becomes current while events come and readers read. REBUILD_STREAMS says
// how many streams.
import assert from "node:assert/strict";
import { test } from "node:test";
import { EventLog, Projector } from "dynamodb-log";
import { stageOf, transport } from "./tables.mjs";

const count = Number(process.env.REBUILD_STREAMS ?? 100);
const readsAfterSwitch = 100;
const ids = Array.from({ length: count }, (_, i) => String(i));
const any = () => ids[Math.floor(Math.random() * count)];

test("no read goes back, or shows half a read model", async (t) => {
  const eventLog = new EventLog({ stage: await stageOf(t), transport });
  const projector = (generation, name) =>
    new Projector({
      eventLog,
      log: "counters",
      type: "counter",
      generation,
      apply: { counted: (_, counter) => (counter[name] = (counter[name] ?? 0) + 1) },
    });
  const old = projector("", "n");
  const next = projector("v2", "total");
  const seen = new Map(); // by id: the version that a reader may rely on

  const countOne = async (id, ...projectors) => {
    const { version } = await eventLog.append("counters", id, { type: "counted" }, "any");
    for (const one of projectors) await one.project(id, version);
    seen.set(id, Math.max(version, seen.get(id) ?? 0));
  };
  for (const id of ids) await countOne(id, old);

  let isRunning = true;
  let reads = 0;
  const until = async (work) => {
    while (isRunning) await work();
  };
  const write = () => countOne(any(), next, old); // the new one first
  const read = async () => {
    const id = any();
    const least = seen.get(id);
    const counter = await old.getCurrent(id);
    assert.ok(counter.version >= least, `${id}: version ${counter.version} after ${least}`);
    assert.equal(counter.n ?? counter.total, counter.version);
    seen.set(id, Math.max(counter.version, seen.get(id)));
    reads += 1;
  };
  const finish = async () => {
    await next.rebuild();
    await next.makeCurrent();
    const end = reads + readsAfterSwitch;
    while (reads < end) await read();
    isRunning = false;
  };
  await Promise.all(
    [until(write), until(write), until(read), until(read), finish()].map((one) =>
      one.finally(() => (isRunning = false)),
    ),
  );
  assert.equal(await old.currentGeneration(), "v2");
  for (const id of ids) assert.equal((await old.getCurrent(id)).total, await eventLog.version("counters", id));
});
