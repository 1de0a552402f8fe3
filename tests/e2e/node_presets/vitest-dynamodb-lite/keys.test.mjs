import { DynamoDBClient, GetItemCommand, PutItemCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import { beforeAll, expect, test } from "vitest";

const client = new DynamoDBClient({ endpoint: process.env.MOCK_DYNAMODB_ENDPOINT, region: "local" });
const count = async () => (await client.send(new ScanCommand({ TableName: "keys" }))).Count;

beforeAll(async () => {
  await client.send(new PutItemCommand({ TableName: "keys", Item: { id: { S: "before all" } } }));
});

test("the tables are there before the hooks of the test's file", async () => {
  expect(await count()).toBe(2);
});

test("each further test begins with the fixtures", async () => {
  expect(await count()).toBe(1);
  const { Item } = await client.send(new GetItemCommand({ TableName: "keys", Key: { id: { S: "a" } } }));
  expect(Item.value.S).toBe("fixture");
});
