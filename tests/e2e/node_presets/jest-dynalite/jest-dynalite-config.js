module.exports = {
  tables: async () => [
    {
      TableName: "keys",
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 },
      data: [{ id: "a", value: "fixture" }],
    },
  ],
  ...(process.env.BASE_PORT && { basePort: Number(process.env.BASE_PORT) }),
};
