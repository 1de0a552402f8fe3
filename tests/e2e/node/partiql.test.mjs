// PartiQL by the SDK's document client. The endpoint comes by AWS_ENDPOINT_URL.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import {
  CreateTableCommand,
  DuplicateItemException,
  DynamoDBClient,
  TransactionCanceledException,
} from "@aws-sdk/client-dynamodb";
import {
  BatchExecuteStatementCommand,
  DynamoDBDocumentClient,
  ExecuteStatementCommand,
  ExecuteTransactionCommand,
} from "@aws-sdk/lib-dynamodb";

const TableName = "sdk-partiql";
const documents = DynamoDBDocumentClient.from(new DynamoDBClient({ maxAttempts: 1 }));
const execute = (Statement, Parameters, more = {}) =>
  documents.send(new ExecuteStatementCommand({ Statement, Parameters, ...more }));

before(async () => {
  await documents.send(
    new CreateTableCommand({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [
        { AttributeName: "pk", AttributeType: "S" },
        { AttributeName: "sk", AttributeType: "N" },
      ],
      KeySchema: [
        { AttributeName: "pk", KeyType: "HASH" },
        { AttributeName: "sk", KeyType: "RANGE" },
      ],
    }),
  );
});

test("statements write and read plain values", async () => {
  const item = { pk: "a", sk: 1, list: [1, "x", null], map: { deep: true }, words: new Set(["b", "a"]) };
  await execute(`INSERT INTO "${TableName}" VALUE {'pk': ?, 'sk': ?, 'list': ?, 'map': ?, 'words': ?}`, Object.values(item));
  const { Items } = await execute(`SELECT * FROM "${TableName}" WHERE pk = ? AND sk = ?`, ["a", 1]);
  assert.deepEqual(Items, [item]);
  const changed = await execute(
    `UPDATE "${TableName}" SET map.deep = ?, n = 7 REMOVE words WHERE pk = 'a' AND sk = 1 RETURNING ALL NEW *`,
    [false],
  );
  assert.deepEqual(changed.Items, [{ pk: "a", sk: 1, list: [1, "x", null], map: { deep: false }, n: 7 }]);
  await assert.rejects(execute(`INSERT INTO "${TableName}" VALUE {'pk': 'a', 'sk': 1}`), DuplicateItemException);
  const deleted = await execute(`DELETE FROM "${TableName}" WHERE pk = 'a' AND sk = 1 RETURNING ALL OLD *`);
  assert.equal(deleted.Items[0].n, 7);
});

test("batches answer each statement for itself", async () => {
  const insert = (sk) => ({ Statement: `INSERT INTO "${TableName}" VALUE {'pk': 'b', 'sk': ?}`, Parameters: [sk] });
  const batch = (...sks) => documents.send(new BatchExecuteStatementCommand({ Statements: sks.map(insert) }));
  assert.deepEqual((await batch(1)).Responses, [{ TableName }]);
  const { Responses } = await batch(1, 2);
  assert.deepEqual(Responses.map((one) => one.Error?.Code), ["DuplicateItem", undefined]);
  await assert.rejects(batch(3, 3), { message: "Provided list of item keys contains duplicates" });
  const { Items } = await execute(`SELECT sk FROM "${TableName}" WHERE pk = 'b' AND sk BETWEEN ? AND ? ORDER BY sk DESC`, [1, 9]);
  assert.deepEqual(Items, [{ sk: 2 }, { sk: 1 }]);
});

test("transactions are all or nothing", async () => {
  const statements = (value) => [
    { Statement: `INSERT INTO "${TableName}" VALUE {'pk': 'c', 'sk': 1}` },
    { Statement: `INSERT INTO "${TableName}" VALUE {'pk': 'c', 'sk': ?}`, Parameters: [value] },
  ];
  await documents.send(new ExecuteTransactionCommand({ TransactStatements: statements(2) }));
  await assert.rejects(
    documents.send(new ExecuteTransactionCommand({ TransactStatements: statements(3) })),
    (error) => error instanceof TransactionCanceledException && error.CancellationReasons[0].Code === "DuplicateItem",
  );
  const { Responses } = await documents.send(
    new ExecuteTransactionCommand({
      TransactStatements: [1, 2, 3].map((sk) => ({
        Statement: `SELECT * FROM "${TableName}" WHERE pk = 'c' AND sk = ?`,
        Parameters: [sk],
      })),
    }),
  );
  assert.deepEqual(Responses.map((one) => one.Item), [{ pk: "c", sk: 1 }, { pk: "c", sk: 2 }, undefined]);
});
