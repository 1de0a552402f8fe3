// The helpers for tests, with the users example: TEMPLATE names it.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { execFile } from "node:child_process";
import { createServer } from "node:http";
import { promisify } from "node:util";
import { now } from "dynamodb-log";
import { start, useCloudWith } from "dynamodb-log/testing";
import { useCloud } from "dynamodb-log/testing/node-test";

const execute = promisify(execFile);
const template = process.env.TEMPLATE;
const ada = { type: "signup", payload: { name: "Ada", email: "ada@localhost" } };
const phone = { type: "addPhoneNumber", payload: { phoneNumber: "+46 1" } };
const nameless = { type: "signup", payload: { email: "x@localhost" } };

describe("a cloud for each file of tests", () => {
  const cloud = useCloud({ template });

  test("an append, and its read model without a wait", async () => {
    await cloud.append("users", "42", [ada, phone]);
    const { settled, counts } = await cloud.settle();
    assert.equal(settled, true);
    assert.equal(counts.events, 2);
    assert.equal((await cloud.item("users#42")).phoneNumber, "+46 1");
  });

  test("nothing is left of the test before", async () => {
    assert.equal(await cloud.item("users#42"), null);
    assert.deepEqual(await cloud.read("users", "42"), []);
    await cloud.append("users", "42", ada, "noStream");
    assert.equal((await cloud.read("users", "42"))[0].payload.name, "Ada");
  });

  test("a handler that fails fails the test, with the reason", async () => {
    await cloud.append("users", "43", nameless);
    await assert.rejects(cloud.settle(), (error) => {
      assert.equal(error.name, "HandlersFailed");
      assert.match(error.message, /payload\.name is missing/);
      assert.match(error.message, /users\.js/, "the stack");
      assert.match(error.message, /START RequestId/, "the log");
      return true;
    });
    assert.match((await cloud.failures())[0].errorLine, /payload\.name is missing/);
  });

  test("what is not at rest is named", async () => {
    const until = { stream: "users#99", version: 1 };
    await assert.rejects(cloud.settle({ timeout: 50, until }), (error) => {
      assert.equal(error.name, "NotSettled");
      assert.match(error.waitsFor.join(), /users#99/);
      return true;
    });
  });

  test("the clock", async () => {
    const christmas = "2030-12-24T18:00:00.000Z";
    const answer = await cloud.clock({ set: christmas, freeze: true });
    assert.deepEqual([answer.now, answer.frozen], [christmas, true]);
    assert.equal((await cloud.clock()).now, christmas);
    assert.equal((await now({ env: cloud.env })).toISOString(), christmas);
  });

  test("given, when, then", async () => {
    await cloud.given("users", "1", [ada]).when(phone).thenReadModel({ phoneNumber: "+46 1" });
    await cloud.given("users", "2").when(nameless).thenFails("payload.name is missing");
    const wrong = cloud.given("users", "3", [ada]).when(phone).thenReadModel({ name: "Grace" });
    await assert.rejects(wrong, { code: "ERR_ASSERTION" });
  });

  test("after a reset the log knows that its streams are gone", async () => {
    await cloud.append("users", "42", ada, "noStream");
    await cloud.reset();
    await assert.rejects(cloud.append("users", "42", phone, 1), { name: "VersionConflict", current: 0 });
  });
});

describe("a prepared cloud", () => {
  const cloud = useCloud({
    template,
    prepare: async (fresh) => {
      await fresh.append("users", "1", ada);
      await fresh.settle();
    },
  });

  for (const run of [1, 2]) {
    test(`each test begins with what was prepared: ${run}`, async () => {
      assert.equal((await cloud.item("users#1")).version, 1);
      await cloud.append("users", "1", phone, 1);
      await cloud.settle();
      assert.equal((await cloud.item("users#1")).version, 2);
    });
  }
});

describe("what time it is", () => {
  const isNow = (time) => assert.ok(Math.abs(time - Date.now()) < 60_000, time.toISOString());

  test("the cloud says, also one that wants signatures", async (t) => {
    const cloud = await start({ args: ["--access-key", "AKID:secret"] });
    t.after(() => cloud.stop());
    const env = {
      ...cloud.env,
      AWS_ACCESS_KEY_ID: "AKID",
      AWS_SECRET_ACCESS_KEY: "secret",
      AWS_SESSION_TOKEN: "a token",
    };
    const newYear = "2031-01-01T00:00:00.000Z";
    for (const command of [["freeze"], ["set", newYear]]) {
      await execute(process.env.DYNAMODB_LOG, ["clock", ...command], { env });
    }
    assert.equal((await now({ env })).toISOString(), newYear);
    assert.equal((await fetch(`${cloud.url}/_local/clock`)).ok, false);
    const wrong = { ...env, AWS_SECRET_ACCESS_KEY: "another" };
    await assert.rejects(now({ env: wrong }), { name: "ServiceError", type: "InvalidSignatureException" });
  });

  test("without an endpoint the machine says", async () => isNow(await now({ env: {} })));

  test("another server does not know; nothing at all is an error", async (t) => {
    const answers = [
      [404, "{}"],
      [200, "null"],
    ];
    const server = createServer((request, response) => {
      const [status, body] = answers.pop();
      response.writeHead(status).end(body);
    });
    t.after(() => server.closeAllConnections());
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    const env = { AWS_ENDPOINT_URL: `http://127.0.0.1:${server.address().port}` };
    while (answers.length > 0) isNow(await now({ env }));
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await assert.rejects(now({ env }), { name: "NotReachable" });
  });
});

test("a cloud by itself, which ends when it is stopped", async () => {
  const cloud = await start();
  assert.equal(cloud.env.AWS_ENDPOINT_URL, cloud.url);
  await cloud.stop();
  assert.match(cloud.output(), /ready/);
  await assert.rejects(fetch(cloud.url));
});

test("a cloud that cannot start says why", async () => {
  await assert.rejects(start({ template: "there-is-none.yaml" }), /there-is-none\.yaml/);
  await assert.rejects(start({ program: "there-is-no-program" }), {
    name: "ConfigurationError",
    message: /DYNAMODB_LOG/,
  });
});

test("a cloud is used inside of tests only", () => {
  const hooks = { beforeAll: () => {}, beforeEach: () => {}, afterAll: () => {} };
  assert.throws(() => useCloudWith(hooks).url, /inside of a test/);
});
