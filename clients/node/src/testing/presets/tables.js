// Tables that a configuration file describes: created with their data, deleted.
"use strict";

const { marshalMembers } = require("../../attribute-values.js");
const { ServiceError } = require("../../errors.js");

/** Creates the tables and puts their `data`. Rejects with ServiceError. */
async function createTables(transport, tables) {
  await Promise.all(
    tables.map(async ({ data = [], ...table }) => {
      await transport.call("dynamodb", "CreateTable", table);
      for (const item of data) {
        await transport.call("dynamodb", "PutItem", { TableName: table.TableName, Item: marshalMembers(item) });
      }
    }),
  );
}

/** Deletes those of the tables that exist. */
async function deleteTables(transport, tables) {
  await Promise.all(
    tables.map(({ TableName }) =>
      transport.call("dynamodb", "DeleteTable", { TableName }).catch((error) => {
        if (!(error instanceof ServiceError && error.type === "ResourceNotFoundException")) throw error;
      }),
    ),
  );
}

module.exports = { createTables, deleteTables };
