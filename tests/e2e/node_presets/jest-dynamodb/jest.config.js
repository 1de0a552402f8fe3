module.exports = { preset: "dynamodb-log/jest-dynamodb" };
