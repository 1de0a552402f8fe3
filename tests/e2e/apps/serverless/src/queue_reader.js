// Keeps the jobs of the queue.
const { DynamoDBClient, PutItemCommand } = require('@aws-sdk/client-dynamodb');

const client = new DynamoDBClient({ endpoint: process.env.DYNAMODB_ENDPOINT });

module.exports.handler = async ({ Records }) => {
  for (const { body } of Records) {
    await client.send(new PutItemCommand({ TableName: process.env.CORE_TABLE, Item: { pk: { S: `job#${body}` } } }));
  }
};
