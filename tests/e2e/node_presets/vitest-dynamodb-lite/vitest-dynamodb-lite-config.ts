type Row = { id: string; value: string };

const data: Row[] = [{ id: "a", value: "fixture" }];

export default {
  tables: [
    {
      TableName: "keys",
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 },
      data,
    },
  ],
};
