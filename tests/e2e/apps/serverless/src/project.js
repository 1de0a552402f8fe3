// The read model of a user, with the AWS SDK v3.
const { DynamoDBClient } = require('@aws-sdk/client-dynamodb');
const { DynamoDBDocumentClient, UpdateCommand } = require('@aws-sdk/lib-dynamodb');

const client = new DynamoDBClient(process.env.IS_OFFLINE ? { endpoint: process.env.DYNAMODB_ENDPOINT } : {});
const documents = DynamoDBDocumentClient.from(client);

module.exports.handler = async ({ detail }) => {
  await documents.send(
    new UpdateCommand({
      TableName: process.env.CORE_TABLE,
      Key: { pk: `user#${detail.id}` },
      UpdateExpression: 'SET #name = :name, version = :version, greeting = :greeting',
      ExpressionAttributeNames: { '#name': 'name' },
      ExpressionAttributeValues: {
        ':name': detail.payload.name,
        ':version': detail.version,
        ':greeting': process.env.GREETING,
      },
    }),
  );
};
