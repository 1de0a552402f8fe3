// decide(): load, decide, append; conflicts are decided again. Snapshots.
import assert from "node:assert/strict";
import { test } from "node:test";
import { EventLog } from "dynamodb-log";
import { disturbed, stageOf, testEnvironment, transport } from "./tables.mjs";

const account = {
  initial: { balance: 0 },
  evolve: (state, { type, payload }) => ({
    balance: state.balance + (type === "deposited" ? payload.amount : -payload.amount),
  }),
};
const deposit = (amount) => ({ ...account, decide: () => ({ type: "deposited", payload: { amount } }) });
const withdraw = (amount) => ({
  ...account,
  decide: ({ balance }) => {
    if (balance < amount) throw new RangeError("not enough");
    return [{ type: "withdrawn", payload: { amount } }];
  },
});

test("decides by the state, and returns the new one", async (t) => {
  const eventLog = new EventLog({ stage: await stageOf(t), transport });
  await eventLog.decide("accounts", "1", deposit(10));
  const result = await eventLog.decide("accounts", "1", withdraw(3));
  assert.deepEqual(result.state, { balance: 7 });
  assert.equal(result.version, 2);
  assert.equal(result.appended, true);
  await assert.rejects(eventLog.decide("accounts", "1", withdraw(8)), RangeError);
  assert.equal(await eventLog.version("accounts", "1"), 2);
});

test("a decision without events appends nothing", async (t) => {
  const eventLog = new EventLog({ stage: await stageOf(t), transport });
  const result = await eventLog.decide("accounts", "1", { ...account, decide: () => [] });
  assert.deepEqual(result, { version: 0, state: { balance: 0 }, events: [], appended: false });
});

test("a deleted stream takes no decision, also one without events", async (t) => {
  const eventLog = new EventLog({ stage: await stageOf(t), transport });
  await eventLog.decide("accounts", "1", deposit(10));
  await eventLog.deleteStream("accounts", "1");
  const nothing = { ...account, decide: () => [] };
  await assert.rejects(eventLog.decide("accounts", "1", nothing), { name: "StreamDeleted", version: 2 });
});

test("another writer was faster: decides again by the new state", async (t) => {
  const stage = await stageOf(t);
  const other = new EventLog({ stage, transport });
  await other.decide("accounts", "1", deposit(10));
  let races = 1;
  const wire = disturbed(async (operation) => {
    if (operation !== "Query" && races-- > 0) await other.decide("accounts", "1", withdraw(6));
  });
  const eventLog = new EventLog({ stage, transport: wire, environment: testEnvironment() });
  await assert.rejects(eventLog.decide("accounts", "1", withdraw(6)), RangeError);
  assert.equal((await eventLog.decide("accounts", "1", withdraw(4))).state.balance, 0);
});

test("gives up after its retries", async (t) => {
  const stage = await stageOf(t);
  const other = new EventLog({ stage, transport });
  const wire = disturbed(async (operation) => {
    if (operation !== "Query")
      await other.append("accounts", "1", { type: "deposited", payload: { amount: 1 } }, "any");
  });
  const eventLog = new EventLog({ stage, transport: wire, environment: testEnvironment() });
  await assert.rejects(eventLog.decide("accounts", "1", { ...deposit(1), retries: 3 }), { name: "VersionConflict" });
  assert.equal(await other.version("accounts", "1"), 4);
});

test("an expected version is that of who asks: it is not decided again", async (t) => {
  const eventLog = new EventLog({ stage: await stageOf(t), transport });
  await eventLog.decide("accounts", "1", deposit(10));
  await assert.rejects(eventLog.decide("accounts", "1", { ...deposit(1), expectedVersion: 0 }), {
    name: "VersionConflict",
    current: 1,
  });
  assert.equal((await eventLog.decide("accounts", "1", { ...deposit(1), expectedVersion: 1 })).version, 2);
});

test("a snapshot spares the events before it, until the code changes", async (t) => {
  const stage = await stageOf(t);
  const wire = disturbed(() => undefined);
  const eventLog = new EventLog({ stage, transport: wire });
  const snapshot = { name: "balance", code: "1", every: 3 };
  for (let i = 0; i < 4; i++) await eventLog.decide("accounts", "1", { ...deposit(10), snapshot });
  const from = () =>
    wire.calls.filter(({ operation }) => operation === "Query").at(0).request.ExpressionAttributeValues[":low"].N;

  wire.calls.length = 0;
  assert.equal((await eventLog.decide("accounts", "1", { ...deposit(1), snapshot })).state.balance, 41);
  assert.equal(from(), "4", "versions 1 to 3 are in the snapshot");

  wire.calls.length = 0;
  assert.equal(
    (await eventLog.decide("accounts", "1", { ...deposit(1), snapshot: { ...snapshot, code: "2" } })).state.balance,
    42,
  );
  assert.equal(from(), "1", "other code made the snapshot");
});

test("a snapshot that cannot be saved is noticed; the events are appended", async (t) => {
  const stage = await stageOf(t);
  const notices = [];
  const eventLog = new EventLog({ stage, transport });
  const snapshot = { code: "1", every: 1, notice: (line) => notices.push(line) };
  const large = { initial: {}, evolve: () => ({ text: "x".repeat(500_000) }), decide: () => ({ type: "x" }), snapshot };
  assert.equal((await eventLog.decide("accounts", "1", large)).version, 1);
  assert.match(notices[0], /accounts#1#snapshot was not saved/);
});
