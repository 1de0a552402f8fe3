// The cloud of a test worker: DynamoDB without tables of its own, in memory. MOCK_DYNAMODB_ENDPOINT and
// MOCK_DYNAMODB_PORT say where it is, as with jest-dynalite and vitest-dynamodb-lite.
"use strict";

const path = require("node:path");
const { LocalCloud } = require("../cloud.js");

const template = path.join(__dirname, "no-tables.yaml");

/** A cloud for tests that need DynamoDB only. `port`: default any that is free. */
const startDynamoDb = (options = {}) => LocalCloud.start({ template, ...options });

/** `worker`: its number, from 1 on, as text. */
async function startForWorker({ basePort }, worker = "1") {
  const cloud = await startDynamoDb({ port: basePort && basePort + Number(worker) });
  const { port } = new URL(cloud.url);
  process.env.MOCK_DYNAMODB_PORT = port;
  process.env.MOCK_DYNAMODB_ENDPOINT = `http://127.0.0.1:${port}`;
  process.env.AWS_ACCESS_KEY_ID ||= "local"; // a client of the AWS SDK needs some
  process.env.AWS_SECRET_ACCESS_KEY ||= "local";
  return cloud;
}

module.exports = { startDynamoDb, startForWorker };
