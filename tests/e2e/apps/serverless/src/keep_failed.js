// Keeps what `welcome` has failed to do, with the AWS SDK v2, and names no endpoint.
const AWS = require('aws-sdk');

const documents = new AWS.DynamoDB.DocumentClient();

module.exports.handler = async (record) => {
  const { requestPayload, responsePayload, requestContext } = record;
  await documents
    .put({
      TableName: process.env.CORE_TABLE,
      Item: {
        pk: `failed#${requestPayload.detail.id}`,
        error: responsePayload.errorMessage,
        attempts: requestContext.approximateInvokeCount,
        account: requestContext.functionArn.split(':')[4],
      },
    })
    .promise();
};
