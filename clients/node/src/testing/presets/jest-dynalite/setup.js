// Jest runs this in each file of tests, before the file. The configuration file is looked for in
// JEST_DYNALITE_CONFIG_DIRECTORY; or else in the test's folder, in those that it is in, and in the working directory.
"use strict";

const path = require("node:path");
const { findFile, settingsOf, withParents } = require("../config-files.js");
const { createTables, deleteTables } = require("../tables.js");
const { startForWorker } = require("../worker-cloud.js");

const names = ["js", "cjs", "ts", "json"].map((end) => `jest-dynalite-config.${end}`);

function folders() {
  const named = process.env.JEST_DYNALITE_CONFIG_DIRECTORY;
  if (named) return [named];
  return [...withParents(path.dirname(globalThis.expect.getState().testPath)), process.cwd()];
}

module.exports = async () => {
  const file = findFile(folders(), names);
  const settings = await settingsOf(require(file), file);
  const cloud = await startForWorker(settings, process.env.JEST_WORKER_ID);
  globalThis.beforeEach(() => createTables(cloud.transport, settings.tables));
  globalThis.afterEach(() => deleteTables(cloud.transport, settings.tables));
  globalThis.afterAll(() => cloud.stop());
};
