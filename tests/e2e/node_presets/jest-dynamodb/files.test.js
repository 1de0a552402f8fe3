const { DynamoDBClient, GetItemCommand, ListTablesCommand, PutItemCommand } = require("@aws-sdk/client-dynamodb");

const credentials = { accessKeyId: "fake", secretAccessKey: "fake" };
const client = new DynamoDBClient({
  endpoint: `http://localhost:${process.env.PORT}`,
  region: "local-env",
  credentials,
});

afterAll(() => client.destroy());

test("the tables of the file are there, and no others", async () => {
  expect((await client.send(new ListTablesCommand({}))).TableNames).toEqual(["files"]);
});

test("a table begins with its data", async () => {
  const { Item } = await client.send(new GetItemCommand({ TableName: "files", Key: { id: { S: "first" } } }));
  expect(Item.size).toEqual({ N: "1" });
});

test("an item is stored", async () => {
  await client.send(new PutItemCommand({ TableName: "files", Item: { id: { S: "second" } } }));
  const { Item } = await client.send(new GetItemCommand({ TableName: "files", Key: { id: { S: "second" } } }));
  expect(Item).toEqual({ id: { S: "second" } });
});
