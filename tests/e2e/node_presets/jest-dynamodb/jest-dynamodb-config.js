module.exports = async () => ({
  tables: [
    {
      TableName: "files",
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 },
      data: [{ id: "first", size: 1 }],
    },
  ],
  port: Number(process.env.PORT),
  options: ["-sharedDb"],
  installerConfig: { installPath: "./dynamodb-local" },
  clientConfig: { region: "local-env" },
});
