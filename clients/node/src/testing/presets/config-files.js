// The configuration files of jest-dynamodb, jest-dynalite and vitest-dynamodb-lite, which say what
// tables tests need:
//
//   tables     [CreateTable's request, …], or a function that returns that or a promise of it;
//              `data` in one of them: items, as JavaScript values, that the table begins with
//   port       of jest-dynamodb, default 8000; hostname, default localhost
//   basePort   of the others: the worker with the number N uses basePort + N
//
// jest-dynamodb's file may also be a function that returns all of that. Its installerConfig, options and
// clientConfig are about DynamoDB Local, and are ignored.
//
// Sources: the documentation of https://github.com/shelfio/jest-dynamodb,
// https://github.com/freshollie/jest-dynalite and https://github.com/yamatatsu/vitest-dynamodb-lite
"use strict";

const { existsSync } = require("node:fs");
const path = require("node:path");
const { ConfigurationError } = require("../../errors.js");

const resultOf = (value) => (typeof value === "function" ? value() : value);

/** The first of the files `names` that is in one of the folders. Throws ConfigurationError. */
function findFile(folders, names) {
  for (const folder of folders) {
    const name = names.find((one) => existsSync(path.join(folder, one)));
    if (name) return path.join(folder, name);
  }
  throw new ConfigurationError(`There is no file ${names.join(", ")} in ${folders.join(", ")}.`);
}

/** The folder and those that it is in. */
function withParents(folder) {
  const parent = path.dirname(folder);
  return parent === folder ? [folder] : [folder, ...withParents(parent)];
}

/** {tables, port, hostname, basePort} of what a file exports. Throws ConfigurationError. */
async function settingsOf(exported, file) {
  const settings = await resultOf(exported?.default ?? exported);
  const tables = (await resultOf(settings?.tables)) ?? [];
  if (!Array.isArray(tables)) throw new ConfigurationError(`${file}: "tables" must be an array of tables.`);
  for (const name of ["port", "basePort"]) {
    const port = settings?.[name];
    if (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65_536)) {
      throw new ConfigurationError(`${file}: "${name}" must be a number from 1 to 65535, not ${port}.`);
    }
  }
  return { ...settings, tables };
}

module.exports = { findFile, settingsOf, withParents };
