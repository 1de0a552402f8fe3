const { DynamoDBClient, GetItemCommand, PutItemCommand, ScanCommand } = require("@aws-sdk/client-dynamodb");

const client = new DynamoDBClient({
  ...(process.env.MOCK_DYNAMODB_ENDPOINT && { endpoint: process.env.MOCK_DYNAMODB_ENDPOINT, region: "local" }),
});

exports.get = async (id) =>
  (await client.send(new GetItemCommand({ TableName: "keys", Key: { id: { S: id } } }))).Item?.value.S;
exports.put = (id, value) =>
  client.send(new PutItemCommand({ TableName: "keys", Item: { id: { S: id }, value: { S: value } } }));
exports.count = async () => (await client.send(new ScanCommand({ TableName: "keys" }))).Count;
