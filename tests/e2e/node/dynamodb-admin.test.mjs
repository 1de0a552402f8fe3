// dynamodb-admin (a web page for tables and items) against the offline cloud: the program itself is started and its
// pages are asked for, as its browser side does.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import path from "node:path";
import { after, before, test } from "node:test";

const program = path.join(path.dirname(createRequire(import.meta.url).resolve("dynamodb-admin")), "dynamodb-admin.js");
let admin, url;

before(async () => {
  admin = spawn(process.execPath, [program, "--host", "127.0.0.1", "--port", "0", "--dynamo-endpoint", process.env.AWS_ENDPOINT_URL], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  url = await new Promise((resolve, reject) => {
    let output = "";
    admin.on("exit", (status) => reject(new Error(`dynamodb-admin ended with ${status}: ${output}`)));
    admin.stdout.on("data", (text) => {
      output += text;
      const listening = /listening on (http:\S+)/.exec(output);
      if (listening) resolve(listening[1]);
    });
  });
  admin.removeAllListeners("exit");
});

after(() => admin.kill());

async function ask(method, where, body, status) {
  const answer = await fetch(url + where, {
    method,
    body: body && JSON.stringify(body),
    headers: body && { "Content-Type": "application/json" },
  });
  const text = await answer.text();
  assert.equal(answer.status, status ?? 200, `${method} ${where}: ${text}`);
  return answer.headers.get("content-type")?.includes("json") ? JSON.parse(text) : text;
}

const items = (parameters = {}) => ask("GET", `/tables/admin/items?${new URLSearchParams(parameters)}`);
const filters = (...of) => JSON.stringify(Object.fromEntries(of.map(([name, type, operator, value]) => [name, { type, operator, value }])));

test("a table is created, with indexes, and listed", async () => {
  await ask(
    "POST",
    "/create-table",
    {
      TableDefinition: {
        TableName: "admin", HashAttributeName: "pk", HashAttributeType: "S", RangeAttributeName: "sk", RangeAttributeType: "N",
        ReadCapacityUnits: 3, WriteCapacityUnits: 3,
      },
      SecondaryIndexes: [
        {
          IndexType: "global", IndexName: "byOwner", HashAttributeName: "owner", HashAttributeType: "S",
          ReadCapacityUnits: 1, WriteCapacityUnits: 1,
        },
        {
          IndexType: "local", IndexName: "byAge", HashAttributeName: "pk", HashAttributeType: "S",
          RangeAttributeName: "age", RangeAttributeType: "N",
        },
      ],
    },
    204,
  );
  const table = (await ask("GET", "/api/tables")).find(({ TableName }) => TableName === "admin");
  assert.equal(table.TableStatus, "ACTIVE");
  assert.equal(table.ProvisionedThroughput.ReadCapacityUnits, 3);
  assert.match(await ask("GET", "/"), /\/tables\/admin/);
  const refused = await ask("POST", "/create-table", {
    TableDefinition: { TableName: "admin", HashAttributeName: "pk", HashAttributeType: "S", ReadCapacityUnits: 3, WriteCapacityUnits: 3 },
  }, 500);
  assert.match(refused.message, /^Table already exists: admin$/);
});

test("items are added, shown, edited and deleted", async () => {
  const item = { pk: "a", sk: 1, owner: "ada", age: 5, deep: { list: [1, "two", null, true] } };
  assert.deepEqual(await ask("PUT", "/tables/admin/add-item", item), { pk: "a", sk: 1 });
  assert.match(await ask("GET", "/tables/admin/items/a,1"), /ada/);
  assert.deepEqual(await ask("PUT", "/tables/admin/items/a,1", { ...item, owner: "bob" }), { ...item, owner: "bob" });
  await ask("DELETE", "/tables/admin/items/a,1", undefined, 204);
  await ask("GET", "/tables/admin/items/a,1", undefined, 404);
});

test("tables and indexes are scanned and queried in pages", async () => {
  for (let sk = 0; sk < 30; ++sk) {
    await ask("PUT", "/tables/admin/add-item", { pk: `p${sk % 2}`, sk, age: sk, ...(sk < 5 && { owner: "ada" }) });
  }
  const first = await items({ pageSize: 20 });
  assert.equal(first.Items.length, 20);
  const second = await items({ pageSize: 20, startKey: decodeURIComponent(first.nextKey) });
  assert.equal(second.Items.length, 10);
  assert.equal(second.nextKey, null);
  assert.equal(new Set([...first.Items, ...second.Items].map(({ sk }) => sk)).size, 30);
  const query = await items({
    operationType: "query",
    filters: filters(["pk", "S", "=", "p1"], ["sk", "N", ">=", "25"], ["age", "N", "<>", "27"]),
  });
  assert.deepEqual(query.Items.map(({ sk }) => sk), [25, 29]);
  const index = await items({ operationType: "query", queryableSelection: "byOwner", filters: filters(["owner", "S", "=", "ada"]) });
  assert.deepEqual(index.Items.map(({ sk }) => sk).sort(), [0, 1, 2, 3, 4]);
  const begins = await items({ filters: filters(["pk", "S", "begins_with", "p"], ["age", "N", "<", "3"]) });
  assert.equal(begins.Items.length, 3);
});

test("a table's pages", async () => {
  assert.match(await ask("GET", "/tables/admin"), /byOwner/);
  assert.match(await ask("GET", "/tables/admin/meta"), /arn:aws:dynamodb:us-east-1:000000000000:table\/admin/);
  assert.match(await ask("GET", "/tables/admin/ttl"), /DISABLED/);
  assert.match(await ask("GET", "/tables/admin/get"), /sk/);
});

test("a table is purged and deleted", async () => {
  await ask("DELETE", "/tables/admin/all");
  assert.equal((await items()).Items.length, 0);
  await ask("DELETE", "/tables/admin", undefined, 204);
  assert.ok(!(await ask("GET", "/api/tables")).some(({ TableName }) => TableName === "admin"));
});
