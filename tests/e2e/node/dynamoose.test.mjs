// dynamoose against the offline cloud: it makes its table itself and waits for it, and adds an index later.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import dynamoose from "dynamoose";

const client = new DynamoDB({ maxAttempts: 1 });
dynamoose.aws.ddb.set(client);

const cat = {
  id: { type: String, hashKey: true },
  born: { type: Number, rangeKey: true },
  owner: { type: String, index: { name: "byOwner", type: "global", rangeKey: "born" } },
  name: { type: String, index: { name: "byName", type: "local" } },
  lives: { type: Number, default: 9 },
  tags: { type: Set, schema: [String] },
  friends: { type: Array, schema: [String] },
  address: { type: Object, schema: { street: String, zip: Number } },
  seen: Date,
  expires: { type: Date, required: false },
};
let Cat, table;

before(async () => {
  Cat = dynamoose.model("Cat", new dynamoose.Schema(cat));
  table = new dynamoose.Table("moose", [Cat], {
    throughput: "ON_DEMAND",
    waitForActive: { enabled: true, check: { timeout: 10000, frequency: 10 } },
    expires: { ttl: 3600_000, attribute: "ttl" },
    tags: { team: "cats" },
    initialize: false,
  });
  await table.initialize();
});

after(() => client.deleteTable({ TableName: "moose" }));

test("the table is as the model says", async () => {
  const { Table } = await client.describeTable({ TableName: "moose" });
  assert.equal(Table.TableStatus, "ACTIVE");
  assert.deepEqual(Table.GlobalSecondaryIndexes.map(({ IndexName, IndexStatus }) => [IndexName, IndexStatus]), [["byOwner", "ACTIVE"]]);
  assert.deepEqual(Table.LocalSecondaryIndexes.map(({ IndexName }) => IndexName), ["byName"]);
  const { TimeToLiveDescription } = await client.describeTimeToLive({ TableName: "moose" });
  assert.deepEqual(TimeToLiveDescription, { TimeToLiveStatus: "ENABLED", AttributeName: "ttl" });
  const { Tags } = await client.listTagsOfResource({ ResourceArn: Table.TableArn });
  assert.deepEqual(Tags, [{ Key: "team", Value: "cats" }]);
});

test("a model that asks for another index updates the table", async () => {
  const make = (name, schema, update) =>
    new dynamoose.Table("moose-updated", [dynamoose.model(name, new dynamoose.Schema(schema))], {
      throughput: "ON_DEMAND",
      update,
      initialize: false,
      waitForActive: { enabled: true, check: { timeout: 10000, frequency: 10 } },
    }).initialize();
  const id = { type: String, hashKey: true };
  await make("Before", { id, owner: String }, []);
  await make("After", { id, owner: { type: String, index: { name: "byOwner", type: "global" } } }, ["indexes", "tags"]);
  const { Table } = await client.describeTable({ TableName: "moose-updated" });
  assert.deepEqual(Table.GlobalSecondaryIndexes.map(({ IndexName, IndexStatus }) => [IndexName, IndexStatus]), [["byOwner", "ACTIVE"]]);
  await client.deleteTable({ TableName: "moose-updated" });
});

test("an item is created once", async () => {
  const seen = new Date(1700000000000);
  const address = { street: "Main", zip: 12 };
  const one = { id: "tom", born: 1, owner: "ada", tags: new Set(["grey", "loud"]), friends: ["jerry"], address, seen };
  await Cat.create(one);
  await assert.rejects(Cat.create(one), { name: "ConditionalCheckFailedException", message: "The conditional request failed" });
  const found = await Cat.get({ id: "tom", born: 1 }, { consistent: true });
  assert.deepEqual([found.lives, found.tags, found.address, found.seen], [9, one.tags, one.address, seen]);
  found.lives = 8;
  await found.save();
  assert.equal((await Cat.get({ id: "tom", born: 1 })).lives, 8);
  assert.equal(await Cat.get({ id: "nobody", born: 1 }), undefined);
});

test("updates, with a condition that holds and one that does not", async () => {
  const key = { id: "felix", born: 1 };
  await Cat.create({ ...key, friends: ["a"], name: "Felix", seen: new Date(0) });
  const updated = await Cat.update(
    key,
    { $SET: { owner: "bob" }, $ADD: { lives: -1, friends: "b" }, $REMOVE: ["seen"] },
    { condition: new dynamoose.Condition().where("lives").eq(9).and().attribute("owner").not().exists() },
  );
  assert.deepEqual([updated.owner, updated.lives, updated.friends, updated.seen], ["bob", 8, ["a", "b"], undefined]);
  await assert.rejects(
    Cat.update(key, { lives: 1 }, { condition: new dynamoose.Condition().where("owner").eq("eve") }),
    { name: "ConditionalCheckFailedException" },
  );
});

test("tables and indexes are queried and scanned, in pages", async () => {
  for (let born = 0; born < 10; ++born) await Cat.create({ id: "many", born, owner: "many", name: `cat ${9 - born}` });
  const some = await Cat.query("id").eq("many").where("born").between(3, 6).sort("descending").exec();
  assert.deepEqual(some.map(({ born }) => born), [6, 5, 4, 3]);
  const seen = [];
  let page;
  do {
    const query = Cat.query("owner").eq("many").using("byOwner").filter("name").ne("cat 4").limit(4);
    page = await (page ? query.startAt(page.lastKey) : query).exec();
    seen.push(...page.map(({ born }) => born));
  } while (page.lastKey);
  assert.deepEqual(seen, [0, 1, 2, 3, 4, 6, 7, 8, 9]);
  const local = await Cat.query("id").eq("many").where("name").beginsWith("cat").using("byName").exec();
  assert.deepEqual(local.map(({ born }) => born), [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
  assert.equal((await Cat.query("id").eq("many").count().exec()).count, 10);
  assert.equal((await Cat.scan("id").eq("many").all().limit(3).exec()).length, 10);
  assert.equal((await Cat.scan("name").contains("t 9").parallel(3).exec()).length, 1);
});

test("batches", async () => {
  const keys = Array.from({ length: 20 }, (_, born) => ({ id: "batch", born }));
  const { unprocessedItems } = await Cat.batchPut(keys);
  assert.deepEqual(unprocessedItems, []);
  const found = await Cat.batchGet([...keys, { id: "batch", born: 99 }]);
  assert.equal(found.length, 20);
  assert.deepEqual(found.unprocessedKeys, []);
  await Cat.batchDelete(keys);
  assert.equal((await Cat.query("id").eq("batch").count().exec()).count, 0);
});

test("transactions", async () => {
  const key = (born) => ({ id: "transaction", born });
  for (const born of [1, 2]) await Cat.create({ ...key(born), owner: "ada" });
  const write = (owner) =>
    dynamoose.transaction([
      Cat.transaction.create({ ...key(3), owner: "new" }),
      Cat.transaction.update(key(1), { lives: 1 }),
      Cat.transaction.delete(key(2)),
      Cat.transaction.condition(key(0), new dynamoose.Condition().attribute("owner").not().eq(owner)),
    ]);
  await Cat.create({ ...key(0), owner: "ada" });
  await assert.rejects(write("ada"), (error) => {
    assert.equal(error.name, "TransactionCanceledException");
    assert.match(error.message, /\[None, None, None, ConditionalCheckFailed\]/);
    return true;
  });
  await write("bob");
  const read = await dynamoose.transaction([0, 1, 3].map((born) => Cat.transaction.get(key(born))));
  assert.deepEqual(read.map(({ lives }) => lives), [9, 1, 9]);
  assert.equal(await Cat.get(key(2)), undefined);
});

test("items are deleted, on a condition", async () => {
  const key = { id: "gone", born: 1 };
  const one = await Cat.create({ ...key, owner: "ada" });
  await assert.rejects(Cat.delete(key, { condition: new dynamoose.Condition().where("owner").eq("bob") }), {
    name: "ConditionalCheckFailedException",
  });
  await one.delete();
  assert.equal(await Cat.get(key), undefined);
});
