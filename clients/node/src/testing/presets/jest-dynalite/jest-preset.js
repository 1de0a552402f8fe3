// Jest's preset "dynamodb-log/jest-dynalite", in place of "jest-dynalite": a server for each file of tests, and
// the tables of jest-dynalite-config.js for each test.
"use strict";

module.exports = { setupFilesAfterEnv: [require.resolve("./setup.js")] };
