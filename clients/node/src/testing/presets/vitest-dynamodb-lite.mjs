// A file for Vitest's setupFiles, in place of "vitest-dynamodb-lite": a server for each file of tests, and the
// tables of vitest-dynamodb-lite-config.* (in the working directory) for each test.
import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { afterAll, afterEach, beforeAll } from "vitest";
import configFiles from "./config-files.js";
import tableActions from "./tables.js";
import workerCloud from "./worker-cloud.js";

const names = ["ts", "js", "cjs", "mjs", "json"].map((end) => `vitest-dynamodb-lite-config.${end}`);

/** What a configuration file exports. */
async function load(file) {
  if (file.endsWith(".json")) return JSON.parse(await readFile(file, "utf8"));
  if (!file.endsWith(".ts")) return import(pathToFileURL(file));
  const { loadConfigFromFile } = await import("vite"); // Vitest is built on it; it compiles TypeScript
  return (await loadConfigFromFile({ command: "serve", mode: "test" }, file)).config;
}

const file = configFiles.findFile([process.cwd()], names);
const settings = await configFiles.settingsOf(await load(file), file);
const cloud = await workerCloud.startForWorker(settings, process.env.VITEST_WORKER_ID);

beforeAll(() => tableActions.createTables(cloud.transport, settings.tables));
afterEach(async () => {
  await tableActions.deleteTables(cloud.transport, settings.tables);
  await tableActions.createTables(cloud.transport, settings.tables);
});
afterAll(() => cloud.stop());
