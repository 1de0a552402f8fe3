// What an append does when answers are lost, writers race and the service refuses for a while.
import assert from "node:assert/strict";
import { test } from "node:test";
import { EventLog, NotReachable, ServiceError, VersionConflict } from "dynamodb-log";
import { disturbed, stageOf, testEnvironment, transport } from "./tables.mjs";

const isWrite = (operation) => operation === "PutItem" || operation === "TransactWriteItems";
const signup = (name) => ({ type: "signup", payload: { name } });
const names = async (eventLog) => {
  const found = [];
  for await (const event of eventLog.read("users", "42")) found.push(event.payload.name);
  return found;
};

async function logWith(t, disturb) {
  const stage = await stageOf(t);
  const environment = testEnvironment();
  const wire = disturbed(disturb);
  return {
    eventLog: new EventLog({ stage, transport: wire, environment }),
    other: new EventLog({ stage, transport }),
    environment,
    wire,
  };
}

/** Lets the first `count` writes happen, and loses their answers. */
const losing = (count) => async (operation, request, send) => {
  if (!isWrite(operation) || count-- <= 0) return undefined;
  await send();
  throw new NotReachable("the answer is lost");
};

for (const expected of ["any", "noStream", 0]) {
  test(`a write whose answer is lost is sent again, and is appended once: ${expected}`, async (t) => {
    const { eventLog } = await logWith(t, losing(1));
    const result = await eventLog.append("users", "42", signup("Ada"), expected);
    assert.equal(result.version, 1);
    assert.equal(result.appended, true, "no earlier append can have made these ids");
    assert.deepEqual(await names(eventLog), ["Ada"]);
  });

  test(`several events whose answer is lost are appended once: ${expected}`, async (t) => {
    const { eventLog } = await logWith(t, losing(1));
    const result = await eventLog.append("users", "42", [signup("Ada"), signup("Bea")], expected);
    assert.equal(result.version, 2);
    assert.deepEqual(await names(eventLog), ["Ada", "Bea"]);
  });
}

test("a write that another writer overtakes while its answer is lost is appended once", async (t) => {
  let other;
  let lost = false;
  const made = await logWith(t, async (operation, request, send) => {
    if (!isWrite(operation) || lost) return undefined;
    lost = true;
    await send();
    await other.append("users", "42", signup("Bea"), "any");
    throw new NotReachable("the answer is lost");
  });
  other = made.other;
  assert.equal((await made.eventLog.append("users", "42", signup("Ada"), "any")).version, 1);
  assert.deepEqual(await names(other), ["Ada", "Bea"]);
});

test("a service that does not answer at all is an error after 20 attempts", async (t) => {
  const { eventLog, wire, environment } = await logWith(t, (operation) => {
    if (isWrite(operation)) throw new NotReachable("nothing listens");
  });
  await assert.rejects(eventLog.append("users", "42", signup("Ada"), "noStream"), NotReachable);
  assert.equal(wire.calls.filter(({ operation }) => isWrite(operation)).length, 20);
  assert.ok(environment.slept.every((pause) => pause >= 5 && pause <= 1000));
});

const cancelled = (...codes) =>
  new ServiceError({ type: "TransactionCanceledException", status: 400, reasons: codes.map((Code) => ({ Code })) });
const refusals = {
  "another transaction on the item": new ServiceError({ type: "TransactionConflictException", status: 400 }),
  "a transaction that another one cancels": cancelled("None", "TransactionConflict"),
  throttling: new ServiceError({ type: "ProvisionedThroughputExceededException", status: 400 }),
  "a server error": new ServiceError({ type: "InternalServerError", status: 500 }),
};
for (const [name, refusal] of Object.entries(refusals)) {
  test(`${name} is waited out`, async (t) => {
    let left = 3;
    const { eventLog, environment } = await logWith(t, (operation) => {
      if (isWrite(operation) && left-- > 0) throw refusal;
    });
    assert.equal((await eventLog.append("users", "42", [signup("Ada"), signup("Bea")], "noStream")).version, 2);
    assert.equal(environment.slept.length, 3);
  });
}

test("an error that does not pass is thrown at once", async (t) => {
  const refusal = new ServiceError({ type: "ValidationException", status: 400 });
  const { eventLog, environment } = await logWith(t, (operation) => {
    if (isWrite(operation)) throw refusal;
  });
  await assert.rejects(eventLog.append("users", "42", signup("Ada"), "noStream"), refusal);
  assert.deepEqual(environment.slept, []);
});

test("any: lost races are run again", async (t) => {
  let other;
  let races = 3;
  const made = await logWith(t, async (operation) => {
    if (isWrite(operation) && races-- > 0) await other.append("users", "42", signup(`other ${races}`), "any");
  });
  other = made.other;
  assert.equal((await made.eventLog.append("users", "42", signup("Ada"), "any")).version, 4);
  assert.ok(made.environment.slept.every((pause) => pause >= 5 && pause <= 100));
});

test("any: who loses 50 races gets a conflict", async (t) => {
  let other;
  const made = await logWith(t, async (operation) => {
    if (isWrite(operation)) await other.append("users", "42", signup("other"), "any");
  });
  other = made.other;
  await assert.rejects(made.eventLog.append("users", "42", signup("Ada"), "any"), (error) => {
    assert.ok(error instanceof VersionConflict);
    assert.equal(error.expected, "any");
    assert.equal(error.current, 50);
    return true;
  });
});

test("after a version that this process has written, an event costs one write and no read", async (t) => {
  const { eventLog, wire } = await logWith(t, () => undefined);
  await eventLog.append("users", "42", signup("Ada"), "noStream");
  await eventLog.append("users", "42", signup("Bea"), 1);
  assert.deepEqual(
    wire.calls.map(({ operation }) => operation),
    ["PutItem", "PutItem"],
  );
});

test("after a version that this process does not know, the same transaction checks that it exists", async (t) => {
  const { eventLog, other, wire } = await logWith(t, () => undefined);
  await other.append("users", "42", signup("Ada"), "noStream");
  await eventLog.append("users", "42", signup("Bea"), 1);
  assert.deepEqual(
    wire.calls.map(({ operation }) => operation),
    ["TransactWriteItems"],
  );
  assert.deepEqual(Object.keys(wire.calls[0].request.TransactItems[0]), ["ConditionCheck"]);
});

test("a table that was emptied: what was known is forgotten on request", async (t) => {
  const { eventLog } = await logWith(t, () => undefined);
  await eventLog.append("users", "42", signup("Ada"), "noStream");
  await transport.call("dynamodb", "DeleteItem", {
    TableName: eventLog.table,
    Key: { pk: { S: "users#42#stream" }, sk: { N: "1" } },
  });
  eventLog.forgetVersions();
  await assert.rejects(eventLog.append("users", "42", signup("Bea"), 1), { name: "VersionConflict", current: 0 });
});

test("a page that fails while the reader is busy rejects the reader's next step", async (t) => {
  let pages = 0;
  const item = {
    pk: { S: "users#42#stream" },
    sk: { N: "1" },
    type: { S: "signup" },
    log: { S: "users" },
    payload: { M: {} },
  };
  const wire = disturbed(async () => {
    if (++pages > 1) throw new NotReachable("the server restarts");
    return { Items: [item], LastEvaluatedKey: { pk: item.pk, sk: item.sk } };
  });
  const read = [];
  const all = async () => {
    for await (const { version } of new EventLog({ stage: "any", transport: wire }).readAll()) {
      read.push(version);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  await assert.rejects(all(), NotReachable);
  assert.deepEqual(read, [1]);
});

test("16 writers at any version: no version is missing or written twice", async (t) => {
  const stage = await stageOf(t);
  const writers = Array.from({ length: 16 }, () => new EventLog({ stage, transport }));
  const results = await Promise.all(
    writers.map(async (writer, number) => {
      const versions = [];
      for (let i = 0; i < 10; i++)
        versions.push((await writer.append("users", "42", signup(`${number}/${i}`), "any")).version);
      return versions;
    }),
  );
  assert.deepEqual(
    results.flat().sort((a, b) => a - b),
    Array.from({ length: 160 }, (_, i) => i + 1),
  );
});

test("16 writers at one exact version: one of them wins", async (t) => {
  const stage = await stageOf(t);
  const writers = Array.from({ length: 16 }, () => new EventLog({ stage, transport }));
  const outcomes = await Promise.allSettled(
    writers.map((writer, i) => writer.append("users", "42", signup(String(i)), 0)),
  );
  const losers = outcomes.filter(({ status }) => status === "rejected").map(({ reason }) => reason);
  assert.equal(losers.length, 15);
  for (const loser of losers) assert.equal(loser.name, "VersionConflict");
});
