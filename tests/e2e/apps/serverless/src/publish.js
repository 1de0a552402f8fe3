// The log table's stream to the bus, with the AWS SDK v2.
const AWS = require('aws-sdk');

const events = new AWS.EventBridge({ endpoint: process.env.IS_OFFLINE ? process.env.EVENTS_ENDPOINT : undefined });

module.exports.handler = async (event) => {
  const entries = event.Records.map(({ dynamodb }) => {
    const item = AWS.DynamoDB.Converter.unmarshall(dynamodb.NewImage);
    return {
      Source: 'users',
      DetailType: 'event',
      EventBusName: process.env.BUS,
      Detail: JSON.stringify({ type: item.type, version: item.sk, id: item.pk.split('#')[1], payload: item.payload }),
    };
  });
  const { FailedEntryCount } = await events.putEvents({ Entries: entries }).promise();
  if (FailedEntryCount) throw new Error(`${FailedEntryCount} events were not put`);
  return { batchItemFailures: [] };
};
