// electrodb against the offline cloud: two entities in one table, a service's collection, pages, batches, transactions.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { CreateTableCommand, DeleteTableCommand, DynamoDBClient, waitUntilTableExists } from "@aws-sdk/client-dynamodb";
import electrodb from "electrodb";

const { Entity, Service } = electrodb;
const table = "electro";
const client = new DynamoDBClient({ maxAttempts: 1 });

const keys = (index, pk, sk, collection) => ({
  index,
  collection,
  pk: { field: `${index ?? ""}pk`, composite: pk },
  sk: { field: `${index ?? ""}sk`, composite: sk },
});
const tasks = new Entity(
  {
    model: { entity: "task", version: "1", service: "work" },
    attributes: {
      project: { type: "string", required: true },
      task: { type: "string", required: true },
      owner: { type: "string", required: true },
      points: { type: "number", default: 0 },
      status: { type: ["open", "closed"], default: "open" },
      labels: { type: "set", items: "string" },
      comments: { type: "list", items: { type: "map", properties: { by: { type: "string" }, text: { type: "string" } } } },
      created: { type: "number", readOnly: true, default: () => Date.now() },
    },
    indexes: {
      primary: keys(undefined, ["project"], ["task"]),
      assigned: keys("gsi1", ["owner"], ["points"], "assignments"),
    },
  },
  { client, table },
);
const people = new Entity(
  {
    model: { entity: "person", version: "1", service: "work" },
    attributes: { owner: { type: "string", required: true }, name: { type: "string" } },
    indexes: { primary: keys(undefined, ["owner"], []), self: keys("gsi1", ["owner"], [], "assignments") },
  },
  { client, table },
);
const work = new Service({ tasks, people });

before(async () => {
  const text = (AttributeName) => ({ AttributeName, AttributeType: "S" });
  const schema = (prefix) => [
    { AttributeName: `${prefix}pk`, KeyType: "HASH" },
    { AttributeName: `${prefix}sk`, KeyType: "RANGE" },
  ];
  await client.send(
    new CreateTableCommand({
      TableName: table,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: ["pk", "sk", "gsi1pk", "gsi1sk"].map(text),
      KeySchema: schema(""),
      GlobalSecondaryIndexes: [{ IndexName: "gsi1", KeySchema: schema("gsi1"), Projection: { ProjectionType: "ALL" } }],
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 10, minDelay: 1, maxDelay: 1 }, { TableName: table });
});

after(() => client.send(new DeleteTableCommand({ TableName: table })));

const conditional = (error) => {
  assert.equal(error.code, 4001); // electrodb's number for what the service refused
  assert.match(error.message, /The conditional request failed/);
  return true;
};

test("an item is created once", async () => {
  const create = () => tasks.create({ project: "p1", task: "t1", owner: "ada", labels: ["x", "y"] }).go();
  assert.equal((await create()).data.status, "open");
  await assert.rejects(create(), conditional);
  const { data } = await tasks.get({ project: "p1", task: "t1" }).go({ consistent: true });
  assert.deepEqual({ ...data, created: 0 }, {
    project: "p1", task: "t1", owner: "ada", points: 0, status: "open", labels: ["x", "y"], created: 0,
  });
  assert.equal((await tasks.get({ project: "p1", task: "none" }).go()).data, null);
});

test("items are patched, updated and upserted", async () => {
  const key = { project: "p2", task: "t1" };
  await assert.rejects(tasks.patch(key).set({ status: "closed" }).go(), conditional);
  await tasks.put({ ...key, owner: "ada", labels: ["a"], comments: [{ by: "ada", text: "first" }] }).go();
  const { data } = await tasks
    .patch(key)
    .set({ owner: "bob" })
    .composite({ points: 0 })
    .add({ points: 5, labels: ["b"] })
    .append({ comments: [{ by: "bob", text: "second" }] })
    .data(({ status }, { set }) => set(status, "closed"))
    .where(({ owner, points }, { eq, lt }) => `${eq(owner, "ada")} AND ${lt(points, 1)}`)
    .go({ response: "all_new" });
  assert.deepEqual(
    [data.owner, data.status, data.labels.sort(), data.comments.map(({ text }) => text)],
    ["bob", "closed", ["a", "b"], ["first", "second"]],
  );
  await tasks.upsert({ project: "p2", task: "t2", owner: "eve", points: 3 }).go();
  const upserted = await tasks.upsert({ project: "p2", task: "t2", owner: "eve", points: 4 }).go({ response: "all_old" });
  assert.equal(upserted.data.points, 3);
  const nested = await tasks.patch(key).data(({ comments }, { set }) => set(comments[0].text, "changed")).go({ response: "all_new" });
  assert.deepEqual(nested.data.comments.map(({ text }) => text), ["changed", "second"]);
  const removed = await tasks.update(key).remove(["comments"]).delete({ labels: ["a"] }).go({ response: "updated_new" });
  assert.deepEqual(removed.data.labels, ["b"]);
  await assert.rejects(
    tasks.update(key).set({ status: "open" }).where(({ status }, { eq }) => eq(status, "open")).go(),
    conditional,
  );
});

test("queries: ranges, filters, pages, the collection of an index", async () => {
  const many = Array.from({ length: 30 }, (_, n) => ({
    project: "p3",
    task: `t${String(n).padStart(2, "0")}`,
    owner: `o${n % 3}`,
    points: n,
  }));
  assert.deepEqual((await tasks.put(many).go()).unprocessed, []);
  await people.put({ owner: "o1", name: "One" }).go();
  const between = await tasks.query.primary({ project: "p3" }).between({ task: "t05" }, { task: "t07" }).go({ order: "desc" });
  assert.deepEqual(between.data.map(({ task }) => task), ["t07", "t06", "t05"]);
  const begins = await tasks.query.primary({ project: "p3" }).begins({ task: "t1" }).where(({ points }, { gte }) => gte(points, 15)).go();
  assert.deepEqual(begins.data.map(({ points }) => points), [15, 16, 17, 18, 19]);
  const seen = [];
  let cursor = null;
  do {
    const page = await tasks.query.primary({ project: "p3" }).go({ cursor, limit: 7 });
    seen.push(...page.data);
    cursor = page.cursor;
  } while (cursor !== null);
  assert.deepEqual(seen.map(({ task }) => task), many.map(({ task }) => task));
  const { data } = await work.collections.assignments({ owner: "o1" }).go({ pages: "all" });
  assert.equal(data.tasks.length, 10);
  assert.deepEqual(data.people, [{ owner: "o1", name: "One" }]);
  const scanned = await tasks.scan.where(({ project }, { eq }) => eq(project, "p3")).go({ pages: "all", limit: 11 });
  assert.equal(scanned.data.length, 30);
});

test("batches", async () => {
  const batch = Array.from({ length: 30 }, (_, n) => ({ project: "p4", task: `t${n}`, owner: "ada" }));
  await tasks.put(batch).go({ concurrency: 2 });
  const found = await tasks.get([...batch, { project: "p4", task: "none" }].map(({ project, task }) => ({ project, task }))).go();
  assert.equal(found.data.length, 30);
  assert.deepEqual(found.unprocessed, []);
  await tasks.delete(batch.map(({ project, task }) => ({ project, task }))).go();
  assert.equal((await tasks.query.primary({ project: "p4" }).go()).data.length, 0);
});

test("transactions", async () => {
  await tasks.put([1, 2, 3].map((n) => ({ project: "p5", task: `t${n}`, owner: "ada", points: n }))).go();
  const key = (n) => ({ project: "p5", task: `t${n}` });
  const write = (points) =>
    work.transaction
      .write(({ tasks, people }) => [
        people.put({ owner: "tx", name: `at ${points}` }).commit(),
        tasks.check(key(1)).where(({ points: own }, { eq }) => eq(own, points)).commit(),
        tasks.patch(key(2)).set({ status: "closed" }).commit(),
        tasks.delete(key(3)).commit(),
      ])
      .go();
  const refused = await write(9);
  assert.equal(refused.canceled, true);
  assert.deepEqual(refused.data.map(({ rejected, code }) => [rejected, code]), [
    [false, "None"], [true, "ConditionalCheckFailed"], [false, "None"], [false, "None"],
  ]);
  assert.equal((await people.get({ owner: "tx" }).go()).data, null);
  assert.equal((await write(1)).canceled, false);
  const read = await work.transaction
    .get(({ tasks, people }) => [
      tasks.get(key(2)).commit(),
      tasks.get(key(3)).commit(),
      people.get({ owner: "tx" }).commit(),
    ])
    .go();
  assert.deepEqual(read.data.map(({ item }) => item?.status ?? item?.name ?? null), ["closed", null, "at 1"]);
});

test("items are removed, on a condition", async () => {
  const key = { project: "p6", task: "t1" };
  await tasks.put({ ...key, owner: "ada" }).go();
  await assert.rejects(tasks.remove(key).where(({ owner }, { eq }) => eq(owner, "bob")).go(), conditional);
  assert.equal((await tasks.delete(key).go({ response: "all_old" })).data.owner, "ada");
  await assert.rejects(tasks.remove(key).go(), conditional);
});
