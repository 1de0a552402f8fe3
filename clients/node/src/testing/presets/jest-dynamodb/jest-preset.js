// Jest's preset "dynamodb-log/jest-dynamodb", in place of "@shelf/jest-dynamodb": one server for all tests,
// with the tables of jest-dynamodb-config.js.
"use strict";

module.exports = { globalSetup: require.resolve("./setup.js"), globalTeardown: require.resolve("./teardown.js") };
