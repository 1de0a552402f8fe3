// Read models: gap-safe, idempotent, written on condition of their version; generations.
import assert from "node:assert/strict";
import { test } from "node:test";
import { EventLog, Projector } from "dynamodb-log";
import { disturbed, stageOf, testEnvironment, transport } from "./tables.mjs";

const apply = {
  signup: ({ payload }, user) => Object.assign(user, { name: payload.name, phones: 0 }),
  addPhone: ({ payload }, user) => {
    user.phone = payload.phone;
    user.phones += 1;
  },
  removePhone: (_, user) => {
    delete user.phone;
  },
  refuse: (event, user) => {
    user.name = "half done";
    throw new Error("cannot apply it");
  },
};

async function made(t, options = {}) {
  const stage = await stageOf(t);
  const eventLog = new EventLog({ stage, transport, environment: testEnvironment() });
  const notices = [];
  const projector = (more) =>
    new Projector({
      eventLog,
      log: "users",
      type: "user",
      apply,
      notice: (line) => notices.push(line),
      ...options,
      ...more,
    });
  const append = (...types) =>
    eventLog.append(
      "users",
      "42",
      types.map((type) => ({ type, payload: { name: "Ada", phone: "+46" } })),
      "any",
    );
  return { stage, eventLog, notices, projector, append, users: projector() };
}

test("applies the events of a stream, all in one write", async (t) => {
  const { users, append } = await made(t);
  await append("signup", "addPhone");
  assert.equal(await users.project("42", 2), 2);
  assert.deepEqual(await users.get("42"), { type: "user", id: "42", name: "Ada", phones: 1, phone: "+46", version: 2 });
});

test("a hint that is past costs one read", async (t) => {
  const { stage, users, append } = await made(t);
  await append("signup", "addPhone");
  await users.project("42", 2);
  const wire = disturbed(() => undefined);
  const again = new Projector({
    eventLog: new EventLog({ stage, transport: wire }),
    log: "users",
    type: "user",
    apply,
  });
  assert.equal(await again.project("42", 1), 2);
  assert.deepEqual(
    wire.calls.map(({ operation }) => operation),
    ["GetItem"],
  );
});

test("handles the events of the bus in any order, and twice", async (t) => {
  const { users, append } = await made(t);
  await append("signup", "addPhone", "removePhone");
  const hint = (sk) => ({ detail: { log: "users", key: { pk: "users#42#stream", sk } } });
  for (const version of [3, 1, 2, 3]) await users.handle(hint(version));
  assert.deepEqual(await users.get("42"), { type: "user", id: "42", name: "Ada", phones: 1, version: 3 });
  assert.throws(() => users.handle({ detail: { key: { pk: "orders#1#stream", sk: 1 } } }), { name: "InvalidEvent" });
});

test("stops at a gap, says so, and goes on when it is closed", async (t) => {
  const { users, append, eventLog, notices } = await made(t);
  await append("signup", "addPhone", "removePhone");
  const key = { pk: { S: "users#42#stream" }, sk: { N: "2" } };
  const { Item } = await transport.call("dynamodb", "GetItem", { TableName: eventLog.table, Key: key });
  await transport.call("dynamodb", "DeleteItem", { TableName: eventLog.table, Key: key });
  assert.equal(await users.project("42", 3), 1);
  assert.match(notices[0], /gap: after version 1 comes version 3/);
  await transport.call("dynamodb", "PutItem", { TableName: eventLog.table, Item });
  assert.equal(await users.project("42", 3), 3);
});

test("an applier that throws: the events before it are written, nothing of its own", async (t) => {
  const { users, append } = await made(t);
  await append("signup", "addPhone", "refuse", "addPhone");
  await assert.rejects(users.project("42", 4), /cannot apply it/);
  assert.deepEqual(await users.get("42"), { type: "user", id: "42", name: "Ada", phones: 1, phone: "+46", version: 2 });
});

test("an unknown type only advances the version, and is noticed", async (t) => {
  const { users, append, notices } = await made(t);
  await append("signup", "unheardOf");
  assert.equal(await users.project("42", 2), 2);
  assert.match(notices[0], /"unheardOf" only advances the version/);
});

test("another handler was faster: goes on from what that one has written", async (t) => {
  const { stage, users, append } = await made(t);
  await append("signup", "addPhone");
  let races = 1;
  const wire = disturbed(async (operation) => {
    if (operation !== "UpdateItem" || races-- <= 0) return;
    await users.project("42", 2);
    await append("addPhone");
  });
  const eventLog = new EventLog({ stage, transport: wire, environment: testEnvironment() });
  const slow = new Projector({ eventLog, log: "users", type: "user", apply });
  assert.equal(await slow.project("42", 3), 3);
  assert.equal((await slow.get("42")).phones, 2);
});

test("who loses every race says so", async (t) => {
  const { stage, users, append } = await made(t);
  await append("signup");
  const wire = disturbed(async (operation) => {
    if (operation !== "UpdateItem") return;
    await append("addPhone");
    await users.project("42");
    await append("addPhone");
  });
  const eventLog = new EventLog({ stage, transport: wire, environment: testEnvironment() });
  const slow = new Projector({ eventLog, log: "users", type: "user", apply, attempts: 3 });
  await assert.rejects(slow.project("42"), /written by others each of 3 times/);
});

test("attributes that others set are kept, and every digit of what is read and written back", async (t) => {
  const { users, append, eventLog } = await made(t);
  const key = { S: "users#42" };
  const Item = { pk: key, sk: key, note: { S: "theirs" }, place: { N: "18.0685801234567890123" } };
  await transport.call("dynamodb", "PutItem", { TableName: eventLog.readModelTable, Item });
  await append("signup");
  await users.project("42", 1);
  const stored = await transport.call("dynamodb", "GetItem", {
    TableName: eventLog.readModelTable,
    Key: { pk: key, sk: key },
  });
  assert.deepEqual(stored.Item.note, { S: "theirs" });
  assert.deepEqual(stored.Item.place, { N: "18.0685801234567890123" });
});

test("several items of one stream are written together", async (t) => {
  const { projector, append, eventLog } = await made(t);
  const withPhones = projector({
    apply: {
      ...apply,
      addPhone: async ({ payload, id }, user, items) => {
        user.phones += 1;
        (await items.upsert(`phones#${payload.phone}`, id)).number = user.phones;
      },
      removePhone: async ({ payload, id }, user, items) => items.delete(`phones#${payload.phone}`, id),
    },
  });
  const phone = async () => {
    const Key = { pk: { S: "phones#+46" }, sk: { S: "42" } };
    return (await transport.call("dynamodb", "GetItem", { TableName: eventLog.readModelTable, Key })).Item;
  };
  await append("signup", "addPhone", "addPhone");
  assert.equal(await withPhones.project("42", 3), 3);
  assert.deepEqual((await phone()).number, { N: "2" });
  await append("removePhone");
  assert.equal(await withPhones.project("42", 4), 4);
  assert.equal(await phone(), undefined);
});

test("waits until the read model has seen a version", async (t) => {
  const { users, append, eventLog } = await made(t);
  await append("signup");
  let polls = 0;
  const { sleep } = eventLog.environment;
  eventLog.environment.sleep = async (milliseconds) => {
    if (++polls === 3) await users.project("42", 1);
    return sleep(milliseconds);
  };
  assert.equal((await users.waitFor("42", 1)).name, "Ada");
  assert.equal(polls, 3);
  await assert.rejects(users.waitFor("42", 2, { timeout: 300 }), { name: "WaitTimeout", current: 1, version: 2 });
});

test("a new generation is built while the old one serves, then becomes current", async (t) => {
  const { projector, append, eventLog, users } = await made(t);
  for (const id of ["1", "2", "3"]) {
    await eventLog.append("users", id, { type: "signup", payload: { name: `user ${id}` } }, "any");
    await users.project(id);
  }
  const next = projector({
    generation: "v2",
    apply: { signup: ({ payload }, user) => Object.assign(user, { fullName: payload.name }), addPhone: () => {} },
  });
  const result = await next.rebuild();
  assert.deepEqual(result, { streams: 3, advanced: 3 });
  assert.equal((await users.getCurrent("1")).name, "user 1", "the old generation is current");
  await next.makeCurrent();
  assert.equal(await users.currentGeneration(), "v2");
  assert.equal((await users.getCurrent("1")).fullName, "user 1");
  assert.equal((await users.get("1")).name, "user 1", "the old generation is still there");
});

test("a rebuild ends while events come", async (t) => {
  const { append, users } = await made(t);
  await append("signup");
  let comes = Promise.resolve();
  const result = await users.rebuild({
    onProgress: () => (comes = append("addPhone")),
  });
  await comes;
  assert.deepEqual(result, { streams: 1, advanced: 1 });
});

test("an applier that throws while a rebuild waits for more streams rejects the rebuild", async (t) => {
  const { append, projector, eventLog } = await made(t);
  await append("refuse");
  eventLog.streams = async function* () {
    yield { id: "42", version: 1 };
    for (let i = 0; i < 20; i++) await eventLog.version("users", "42"); // by then, it has thrown
    yield { id: "43", version: 1 };
  };
  await assert.rejects(projector().rebuild(), /cannot apply it/);
});

test("a stream may have more other items than one write takes", async (t) => {
  const { append, projector, eventLog } = await made(t);
  const withItems = projector({
    apply: {
      signup: async ({ version }, user, items) => {
        user.items = (user.items ?? 0) + 2;
        for (const n of [1, 2]) (await items.upsert(`item#${version}#${n}`)).version = version;
      },
    },
  });
  for (let i = 0; i < 2; i++) await append(...Array(70).fill("signup"));
  assert.equal(await withItems.project("42"), 140);
  assert.equal((await withItems.get("42")).items, 280);
  const Key = { pk: { S: "item#140#2" }, sk: { S: "item#140#2" } };
  const { Item } = await transport.call("dynamodb", "GetItem", { TableName: eventLog.readModelTable, Key });
  assert.equal(Item.version.N, "140");
});

for (const isCaught of [false, true]) {
  test(`an event that needs too many other items is refused, those before it are written: ${isCaught}`, async (t) => {
    const { append, projector } = await made(t);
    const greedy = projector({
      apply: {
        ...apply,
        addPhone: async (_, user, items) => {
          for (let i = 0; i < 100; i++)
            await (isCaught ? items.get(`item#${i}`).catch(() => {}) : items.get(`item#${i}`));
        },
      },
    });
    await append("signup", "addPhone");
    await assert.rejects(greedy.project("42"), { name: "InvalidArgument", limit: "items" });
    assert.equal((await greedy.get("42")).version, 1);
  });
}

test("a key that no sort key can be is refused", async (t) => {
  const log = new EventLog({ stage: await stageOf(t) });
  const users = new Projector({ eventLog: log, log: "users", type: "user", apply: {} });
  await assert.rejects(users.project("x".repeat(1020)), { name: "InvalidArgument", limit: "sortKeyBytes" });
});

test("the projector's own attributes are refused", async (t) => {
  const { projector, append } = await made(t);
  await append("signup");
  const wrong = projector({ apply: { signup: (_, user) => (user.version = 7) } });
  await assert.rejects(wrong.project("42"), { name: "InvalidArgument", limit: "readModel" });
});
