module.exports = { preset: "dynamodb-log/jest-dynalite" };
