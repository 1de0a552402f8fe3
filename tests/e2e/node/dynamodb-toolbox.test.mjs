// dynamodb-toolbox against the offline cloud: entities of one table, a global index, batches, transactions.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { CreateTableCommand, DeleteTableCommand, DynamoDBClient, waitUntilTableExists } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { Entity } from "dynamodb-toolbox/entity";
import { BatchDeleteRequest } from "dynamodb-toolbox/entity/actions/batchDelete";
import { BatchGetRequest } from "dynamodb-toolbox/entity/actions/batchGet";
import { BatchPutRequest } from "dynamodb-toolbox/entity/actions/batchPut";
import { DeleteItemCommand } from "dynamodb-toolbox/entity/actions/delete";
import { GetItemCommand } from "dynamodb-toolbox/entity/actions/get";
import { PutItemCommand } from "dynamodb-toolbox/entity/actions/put";
import { ConditionCheck } from "dynamodb-toolbox/entity/actions/transactCheck";
import { DeleteTransaction } from "dynamodb-toolbox/entity/actions/transactDelete";
import { GetTransaction, execute as executeTransactGet } from "dynamodb-toolbox/entity/actions/transactGet";
import { PutTransaction } from "dynamodb-toolbox/entity/actions/transactPut";
import { UpdateTransaction } from "dynamodb-toolbox/entity/actions/transactUpdate";
import { execute as executeTransactWrite } from "dynamodb-toolbox/entity/actions/transactWrite";
import { $add, $append, $delete, $get, $remove, $sum, UpdateItemCommand } from "dynamodb-toolbox/entity/actions/update";
import { any, item, list, map, number, set, string } from "dynamodb-toolbox/schema";
import { Table } from "dynamodb-toolbox/table";
import { BatchGetCommand, execute as executeBatchGet } from "dynamodb-toolbox/table/actions/batchGet";
import { BatchWriteCommand, execute as executeBatchWrite } from "dynamodb-toolbox/table/actions/batchWrite";
import { DeletePartitionCommand } from "dynamodb-toolbox/table/actions/deletePartition";
import { QueryCommand } from "dynamodb-toolbox/table/actions/query";
import { ScanCommand } from "dynamodb-toolbox/table/actions/scan";

const TableName = "toolbox";
const client = new DynamoDBClient({ maxAttempts: 1 });
const Pokedex = new Table({
  documentClient: DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } }),
  name: TableName,
  partitionKey: { name: "pk", type: "string" },
  sortKey: { name: "sk", type: "number" },
  indexes: {
    byOwner: { type: "global", partitionKey: { name: "owner", type: "string" }, sortKey: { name: "level", type: "number" } },
  },
});
const Pokemon = new Entity({
  name: "pokemon",
  table: Pokedex,
  schema: item({
    pk: string().key(),
    sk: number().key(),
    owner: string().optional(),
    level: number().default(1),
    nicknames: set(string()).optional(),
    moves: list(string()).optional(),
    stats: map({ attack: number(), defense: number().optional() }).optional(),
    notes: any().optional(),
  }),
});

before(async () => {
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [
        { AttributeName: "pk", AttributeType: "S" },
        { AttributeName: "sk", AttributeType: "N" },
        { AttributeName: "owner", AttributeType: "S" },
        { AttributeName: "level", AttributeType: "N" },
      ],
      KeySchema: [
        { AttributeName: "pk", KeyType: "HASH" },
        { AttributeName: "sk", KeyType: "RANGE" },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: "byOwner",
          KeySchema: [
            { AttributeName: "owner", KeyType: "HASH" },
            { AttributeName: "level", KeyType: "RANGE" },
          ],
          Projection: { ProjectionType: "ALL" },
        },
      ],
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 10, minDelay: 1, maxDelay: 1 }, { TableName });
});

after(() => client.send(new DeleteTableCommand({ TableName })));

const put = (one) => Pokemon.build(PutItemCommand).item(one);
const get = async (key) =>
  (await Pokemon.build(GetItemCommand).key(key).options({ consistent: true, capacity: "TOTAL" }).send()).Item;
const without = ({ created, modified, entity, ...rest }) => rest;

test("an item is put once, and the refusal carries the one that is there", async () => {
  const key = { pk: "once", sk: 1 };
  const conditional = () =>
    put({ ...key, owner: "ash" }).options({
      condition: { attr: "pk", exists: false },
      returnValuesOnConditionFalse: "ALL_OLD",
    });
  await conditional().send();
  await assert.rejects(conditional().send(), (error) => {
    assert.equal(error.name, "ConditionalCheckFailedException");
    assert.equal(error.Item.owner.S ?? error.Item.owner, "ash");
    return true;
  });
  const found = await get(key);
  assert.equal(found.level, 1);
  assert.match(found.created, /^\d{4}-\d\d-\d\dT/);
  const replaced = await put({ ...key, owner: "gary" }).options({ returnValues: "ALL_OLD" }).send();
  assert.equal(replaced.Attributes.owner, "ash");
});

test("updates of every kind", async () => {
  const key = { pk: "update", sk: 1 };
  await put({ ...key, nicknames: new Set(["a", "b"]), moves: ["tackle"], stats: { attack: 1, defense: 2 }, notes: { deep: [1] } }).send();
  const { Attributes } = await Pokemon.build(UpdateItemCommand)
    .item({
      ...key,
      level: $add(4),
      owner: "misty",
      nicknames: $delete(new Set(["a"])),
      moves: $append(["growl"]),
      stats: { attack: $sum($get("stats.attack"), 10), defense: $remove() },
    })
    .options({ returnValues: "ALL_NEW", condition: { and: [{ attr: "level", lte: 1 }, { not: { attr: "owner", exists: true } }] } })
    .send();
  assert.deepEqual(without(Attributes), {
    ...key,
    owner: "misty",
    level: 5,
    nicknames: new Set(["b"]),
    moves: ["tackle", "growl"],
    stats: { attack: 11 },
    notes: { deep: [1] },
  });
  await assert.rejects(
    Pokemon.build(UpdateItemCommand).item({ ...key, level: 9 }).options({ condition: { attr: "owner", eq: "brock" } }).send(),
    { name: "ConditionalCheckFailedException", message: "The conditional request failed" },
  );
});

test("partitions and indexes are queried, tables scanned", async () => {
  for (let sk = 0; sk < 12; ++sk) await put({ pk: "query", sk, owner: sk % 2 ? "odd" : "even", level: 100 - sk }).send();
  const page = await Pokedex.build(QueryCommand)
    .query({ partition: "query", range: { between: [2, 9] } })
    .entities(Pokemon)
    .options({ reverse: true, limit: 3, filters: { pokemon: { attr: "owner", eq: "odd" } }, capacity: "INDEXES" })
    .send();
  assert.deepEqual(page.Items.map(({ sk }) => sk), [9, 7]);
  assert.deepEqual(page.LastEvaluatedKey, { pk: "query", sk: 7 });
  const all = await Pokedex.build(QueryCommand)
    .query({ partition: "query" })
    .entities(Pokemon)
    .options({ limit: 5, maxPages: Infinity, attributes: ["sk"] })
    .send();
  assert.deepEqual(all.Items.map(({ sk }) => sk), Array.from({ length: 12 }, (_, sk) => sk));
  const odd = await Pokedex.build(QueryCommand).query({ index: "byOwner", partition: "odd", range: { gte: 95 } }).entities(Pokemon).send();
  assert.deepEqual(odd.Items.map(({ level }) => level), [95, 97, 99]);
  const scanned = await Pokedex.build(ScanCommand)
    .entities(Pokemon)
    .options({ maxPages: Infinity, filters: { pokemon: { attr: "pk", beginsWith: "que" } } })
    .send();
  assert.equal(scanned.Items.length, 12);
  const halves = await Promise.all(
    [0, 1].map((segment) => Pokedex.build(ScanCommand).entities(Pokemon).options({ segment, totalSegments: 2, select: "COUNT" }).send()),
  );
  assert.ok(halves[0].Count + halves[1].Count >= 12);
});

test("batches", async () => {
  const items = Array.from({ length: 20 }, (_, sk) => ({ pk: "batch", sk, level: sk }));
  await executeBatchWrite(Pokedex.build(BatchWriteCommand).requests(...items.map((one) => Pokemon.build(BatchPutRequest).item(one))));
  const { Responses } = await executeBatchGet(
    Pokedex.build(BatchGetCommand).requests(...[3, 4, 77].map((sk) => Pokemon.build(BatchGetRequest).key({ pk: "batch", sk }))),
  );
  assert.deepEqual(Responses[0].map((one) => one?.level), [3, 4, undefined]);
  await executeBatchWrite(
    Pokedex.build(BatchWriteCommand).requests(Pokemon.build(BatchDeleteRequest).key({ pk: "batch", sk: 3 })),
  );
  assert.equal(await get({ pk: "batch", sk: 3 }), undefined);
  await Pokedex.build(DeletePartitionCommand).query({ partition: "batch" }).entities(Pokemon).send();
  assert.equal((await Pokedex.build(QueryCommand).query({ partition: "batch" }).send()).Count, 0);
});

test("transactions are all or nothing, and say why", async () => {
  const key = (sk) => ({ pk: "transaction", sk });
  for (const sk of [1, 2, 3]) await put({ ...key(sk), level: sk }).send();
  await executeTransactWrite(
    { clientRequestToken: "toolbox-1" },
    Pokemon.build(ConditionCheck).key(key(1)).condition({ attr: "level", eq: 1 }),
    Pokemon.build(UpdateTransaction).item({ ...key(2), level: $add(10) }),
    Pokemon.build(DeleteTransaction).key(key(3)),
    Pokemon.build(PutTransaction).item({ ...key(4), level: 4 }).options({ condition: { attr: "pk", exists: false } }),
  );
  const { Responses } = await executeTransactGet(...[1, 2, 3, 4].map((sk) => Pokemon.build(GetTransaction).key(key(sk))));
  assert.deepEqual(Responses.map(({ Item }) => Item?.level), [1, 12, undefined, 4]);
  await assert.rejects(
    executeTransactWrite(
      Pokemon.build(PutTransaction).item({ ...key(5) }),
      Pokemon.build(ConditionCheck).key(key(1)).condition({ attr: "level", gt: 1 }),
    ),
    (error) => {
      assert.equal(error.name, "TransactionCanceledException");
      assert.deepEqual(error.CancellationReasons.map(({ Code }) => Code), ["None", "ConditionalCheckFailed"]);
      return true;
    },
  );
  assert.equal(await get(key(5)), undefined);
});

test("items are deleted, on a condition", async () => {
  const key = { pk: "delete", sk: 1 };
  await put({ ...key, level: 7 }).send();
  const remove = (level) =>
    Pokemon.build(DeleteItemCommand).key(key).options({ condition: { attr: "level", eq: level }, returnValues: "ALL_OLD" });
  await assert.rejects(remove(8).send(), { name: "ConditionalCheckFailedException" });
  assert.equal((await remove(7).send()).Attributes.level, 7);
  assert.equal(await get(key), undefined);
});
