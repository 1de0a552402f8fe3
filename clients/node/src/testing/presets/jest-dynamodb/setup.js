// Starts the offline cloud at the port of jest-dynamodb-config.js, unless some DynamoDB listens there already,
// and creates the tables anew. JEST_DYNAMODB_CONFIG names another file, as `require` takes it: without the
// extension, too.
"use strict";

const net = require("node:net");
const path = require("node:path");
const { pathToFileURL } = require("node:url");
const { connect } = require("../../../transport/connect.js");
const { findFile, settingsOf } = require("../config-files.js");
const { createTables, deleteTables } = require("../tables.js");
const { startDynamoDb } = require("../worker-cloud.js");

const isListening = (port, host) =>
  new Promise((resolve) => {
    const socket = net.connect({ port, host });
    socket.on("error", () => resolve(false));
    socket.on("connect", () => {
      socket.destroy();
      resolve(true);
    });
  });

function fileOf({ JEST_DYNAMODB_CONFIG: file }) {
  if (file) return path.resolve(file);
  return findFile([process.cwd()], ["jest-dynamodb-config.js", "jest-dynamodb-config.cjs", "jest-dynamodb-config.mjs"]);
}

/** What a file exports. Jest compiles what is required here, as its configuration says. */
async function load(file) {
  try {
    return require(file);
  } catch (error) {
    if (error.code !== "ERR_REQUIRE_ESM" && error.code !== "ERR_REQUIRE_ASYNC_MODULE") throw error;
    return import(pathToFileURL(require.resolve(file)));
  }
}

module.exports = async () => {
  const file = fileOf(process.env);
  const { tables, port = 8000, hostname = "localhost" } = await settingsOf(await load(file), file);
  if (!(await isListening(port, hostname))) globalThis.dynamodbLogCloud = await startDynamoDb({ port });
  const transport = connect({ endpoint: `http://${hostname}:${port}`, env: {} });
  try {
    await deleteTables(transport, tables);
    await createTables(transport, tables);
  } finally {
    transport.close();
  }
};
