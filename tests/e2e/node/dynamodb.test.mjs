// DynamoDB by the SDK's own client and by its document client. The endpoint comes by AWS_ENDPOINT_URL.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  ConditionalCheckFailedException,
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  PutItemCommand,
  ResourceNotFoundException,
  TransactionCanceledException,
  paginateListTables,
  paginateQuery,
  paginateScan,
  waitUntilTableExists,
  waitUntilTableNotExists,
} from "@aws-sdk/client-dynamodb";
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListStreamsCommand,
} from "@aws-sdk/client-dynamodb-streams";
import {
  BatchGetCommand,
  BatchWriteCommand,
  DeleteCommand,
  ExecuteStatementCommand,
  DynamoDBDocumentClient,
  GetCommand,
  NumberValue,
  PutCommand,
  QueryCommand,
  ScanCommand,
  TransactGetCommand,
  TransactWriteCommand,
  UpdateCommand,
  paginateQuery as paginateDocuments,
  paginateScan as paginateAllDocuments,
} from "@aws-sdk/lib-dynamodb";

const TableName = "sdk-events";
const client = new DynamoDBClient({ maxAttempts: 1 });
const documents = DynamoDBDocumentClient.from(client, {
  unmarshallOptions: { wrapNumbers: (text) => NumberValue.from(text) },
  marshallOptions: { removeUndefinedValues: true },
});
const plain = DynamoDBDocumentClient.from(new DynamoDBClient({ maxAttempts: 1 }));

before(async () => {
  await client.send(
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
      StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
    }),
  );
  const found = await waitUntilTableExists({ client, maxWaitTime: 10, minDelay: 1, maxDelay: 1 }, { TableName });
  assert.equal(found.state, "SUCCESS");
});

after(async () => {
  await client.send(new DeleteTableCommand({ TableName }));
  const gone = await waitUntilTableNotExists({ client, maxWaitTime: 10, minDelay: 1, maxDelay: 1 }, { TableName });
  assert.equal(gone.state, "SUCCESS");
});

test("a version is put once; the refusal carries what is there", async () => {
  const put = (name) =>
    client.send(
      new PutItemCommand({
        TableName,
        Item: { pk: { S: "users#1#stream" }, sk: { N: "1" }, name: { S: name } },
        ConditionExpression: "attribute_not_exists(pk)",
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      }),
    );
  await put("first");
  await assert.rejects(put("second"), (error) => {
    assert.ok(error instanceof ConditionalCheckFailedException);
    assert.equal(error.message, "The conditional request failed");
    assert.equal(error.Item.name.S, "first");
    assert.equal(error.$metadata.httpStatusCode, 400);
    assert.equal(error.$metadata.requestId.length, 52);
    return true;
  });
});

test("what does not exist is the SDK's own exception", async () => {
  await assert.rejects(client.send(new DescribeTableCommand({ TableName: "nowhere" })), ResourceNotFoundException);
});

test("the document client carries every type", async () => {
  const item = {
    pk: "types",
    sk: 1,
    text: "åäö 🎈",
    flag: true,
    nothing: null,
    list: [1, "two", { three: [3] }],
    map: { a: { b: { c: "deep" } } },
    texts: new Set(["a", "b"]),
    bytes: new Uint8Array([0, 255]),
  };
  await plain.send(new PutCommand({ TableName, Item: item }));
  const found = await plain.send(new GetCommand({ TableName, Key: { pk: "types", sk: 1 }, ConsistentRead: true }));
  assert.deepEqual({ ...found.Item, bytes: new Uint8Array(found.Item.bytes) }, item);
});

test("38 digits stay 38 digits", async () => {
  const digits = "12345678901234567890.123456789012345678";
  await documents.send(
    new PutCommand({ TableName, Item: { pk: "numbers", sk: 1, exact: NumberValue.from(digits), six: -12.345678 } }),
  );
  const { Item } = await documents.send(new GetCommand({ TableName, Key: { pk: "numbers", sk: 1 } }));
  assert.equal(Item.exact.value, digits);
  assert.equal(Item.six.value, "-12.345678");
});

test("updates, with a condition that holds and one that does not", async () => {
  const Key = { pk: "update", sk: 1 };
  const update = () =>
    plain.send(
      new UpdateCommand({
        TableName,
        Key,
        UpdateExpression: "SET #v = if_not_exists(#v, :zero) + :one, details.#n = :name",
        ConditionExpression: "attribute_not_exists(#v) OR #v < :one",
        ExpressionAttributeNames: { "#v": "version", "#n": "name" },
        ExpressionAttributeValues: { ":zero": 0, ":one": 1, ":name": "Ada" },
        ReturnValues: "UPDATED_NEW",
      }),
    );
  await plain.send(new PutCommand({ TableName, Item: { ...Key, details: {} } }));
  assert.deepEqual((await update()).Attributes, { version: 1, details: { name: "Ada" } });
  await assert.rejects(update(), ConditionalCheckFailedException);
});

test("batches and pages", async () => {
  const puts = Array.from({ length: 50 }, (_, sk) => ({ PutRequest: { Item: { pk: "pages", sk, filler: "x".repeat(1000) } } }));
  for (let from = 0; from < puts.length; from += 25) {
    const answer = await plain.send(new BatchWriteCommand({ RequestItems: { [TableName]: puts.slice(from, from + 25) } }));
    assert.deepEqual(answer.UnprocessedItems, {});
  }
  const seen = [];
  for await (const page of paginateQuery(
    { client, pageSize: 7 },
    { TableName, KeyConditionExpression: "pk = :pk", ExpressionAttributeValues: { ":pk": { S: "pages" } } },
  )) {
    seen.push(...page.Items.map((item) => Number(item.sk.N)));
  }
  assert.deepEqual(seen, Array.from({ length: 50 }, (_, sk) => sk));
  const got = await plain.send(
    new BatchGetCommand({ RequestItems: { [TableName]: { Keys: [1, 2, 99].map((sk) => ({ pk: "pages", sk })) } } }),
  );
  assert.deepEqual(got.Responses[TableName].map((item) => item.sk).sort(), [1, 2]);
  const backwards = await plain.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: "pk = :pk AND sk BETWEEN :a AND :b",
      ExpressionAttributeValues: { ":pk": "pages", ":a": 10, ":b": 12 },
      ScanIndexForward: false,
    }),
  );
  assert.deepEqual(backwards.Items.map((item) => item.sk), [12, 11, 10]);
  let scanned = 0;
  for await (const page of paginateScan({ client, pageSize: 20 }, { TableName })) scanned += page.Count;
  assert.ok(scanned >= 50);
  const names = [];
  for await (const page of paginateListTables({ client, pageSize: 1 }, {})) names.push(...page.TableNames);
  assert.ok(names.includes(TableName));
});

test("the document client's own pages, parallel scans and filters", async () => {
  const expected = Array.from({ length: 12 }, (_, sk) => sk);
  for (const sk of expected) await plain.send(new PutCommand({ TableName, Item: { pk: "documents", sk, tags: new Set([`t${sk % 3}`]) } }));
  const pages = [];
  const query = {
    TableName,
    KeyConditionExpression: "pk = :pk",
    FilterExpression: "contains(tags, :tag)",
    ExpressionAttributeValues: { ":pk": "documents", ":tag": "t1" },
  };
  for await (const page of paginateDocuments({ client: plain, pageSize: 5 }, query)) pages.push(page.Items.map(({ sk }) => sk));
  assert.deepEqual(pages, [[1, 4], [7], [10]]);
  const found = [];
  for (const Segment of [0, 1, 2]) {
    const scan = { TableName, Segment, TotalSegments: 3, FilterExpression: "pk = :pk", ExpressionAttributeValues: { ":pk": "documents" } };
    for await (const page of paginateAllDocuments({ client: plain, pageSize: 10 }, scan)) found.push(...page.Items.map(({ sk }) => sk));
  }
  assert.deepEqual(found.sort((a, b) => a - b), expected);
  const legacy = await plain.send(
    new ScanCommand({ TableName, ScanFilter: { pk: { ComparisonOperator: "EQ", AttributeValueList: ["documents"] } }, Select: "COUNT" }),
  );
  assert.equal(legacy.Count, 12);
});

test("transactions, once for a token; what cancels one is said for each action", async () => {
  const Key = (sk) => ({ pk: "transaction", sk });
  await plain.send(new PutCommand({ TableName, Item: { ...Key(1), balance: 10 } }));
  const move = (amount, ClientRequestToken) =>
    plain.send(
      new TransactWriteCommand({
        ClientRequestToken,
        ReturnConsumedCapacity: "TOTAL",
        TransactItems: [
          {
            Update: {
              TableName,
              Key: Key(1),
              UpdateExpression: "SET balance = balance - :amount",
              ConditionExpression: "balance >= :amount",
              ExpressionAttributeValues: { ":amount": amount },
              ReturnValuesOnConditionCheckFailure: "ALL_OLD",
            },
          },
          { Update: { TableName, Key: Key(2), UpdateExpression: "ADD balance :amount", ExpressionAttributeValues: { ":amount": amount } } },
          { ConditionCheck: { TableName, Key: Key(3), ConditionExpression: "attribute_not_exists(pk)" } },
          { Put: { TableName, Item: { ...Key(4), at: amount } } },
        ],
      }),
    );
  await move(7, "sdk-token");
  await move(7, "sdk-token");
  await assert.rejects(move(8, "sdk-token"), { name: "IdempotentParameterMismatchException" });
  await assert.rejects(move(8), (error) => {
    assert.ok(error instanceof TransactionCanceledException);
    assert.equal(
      error.message,
      "Transaction cancelled, please refer cancellation reasons for specific reasons [ConditionalCheckFailed, None, None, None]",
    );
    assert.deepEqual(error.CancellationReasons.map(({ Code }) => Code), ["ConditionalCheckFailed", "None", "None", "None"]);
    assert.equal(error.CancellationReasons[0].Message, "The conditional request failed");
    return true;
  });
  const { Responses } = await plain.send(
    new TransactGetCommand({ TransactItems: [1, 2, 3, 4].map((sk) => ({ Get: { TableName, Key: Key(sk) } })) }),
  );
  assert.deepEqual(Responses.map(({ Item }) => Item?.balance ?? Item?.at), [3, 7, undefined, 7]);
});

test("statements carry documents", async () => {
  const run = (Statement, ...Parameters) =>
    plain.send(new ExecuteStatementCommand({ Statement, ...(Parameters.length && { Parameters }) }));
  await run(`INSERT INTO "${TableName}" VALUE {'pk': ?, 'sk': ?, 'more': ?}`, "statement", 1, { list: [1, "two"], set: new Set(["x"]) });
  const { Items } = await run(`SELECT more FROM "${TableName}" WHERE pk = ? AND sk < ?`, "statement", 2);
  assert.deepEqual(Items[0].more, { list: [1, "two"], set: new Set(["x"]) });
});

test("the stream is read to its end", async () => {
  await plain.send(new PutCommand({ TableName, Item: { pk: "stream", sk: 1, a: 1 } }));
  await plain.send(new DeleteCommand({ TableName, Key: { pk: "stream", sk: 1 } }));
  const streams = new DynamoDBStreamsClient({ maxAttempts: 1 });
  const { Streams } = await streams.send(new ListStreamsCommand({ TableName }));
  const StreamArn = Streams[0].StreamArn;
  const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn }));
  const seen = [];
  for (const { ShardId } of StreamDescription.Shards) {
    let { ShardIterator } = await streams.send(
      new GetShardIteratorCommand({ StreamArn, ShardId, ShardIteratorType: "TRIM_HORIZON" }),
    );
    while (ShardIterator) {
      const answer = await streams.send(new GetRecordsCommand({ ShardIterator, Limit: 10 }));
      if (answer.Records.length === 0) break;
      seen.push(...answer.Records);
      ShardIterator = answer.NextShardIterator;
    }
  }
  const ours = seen.filter((record) => record.dynamodb.Keys.pk.S === "stream");
  assert.deepEqual(ours.map((record) => record.eventName), ["INSERT", "REMOVE"]);
  assert.ok(ours[0].dynamodb.ApproximateCreationDateTime instanceof Date);
});
