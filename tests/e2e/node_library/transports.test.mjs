// How the library reaches the services: by itself, and through clients of the AWS SDK.
import assert from "node:assert/strict";
import http from "node:http";
import { test } from "node:test";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EventLog, NotReachable, SdkTransport, ServiceError, Subscription, connect } from "dynamodb-log";
import { stageOf, testEnvironment } from "./tables.mjs";

/** A server that answers each request by the next of the functions (request, response) => …, and keeps what it got. */
async function serverOf(t, ...answers) {
  const requests = [];
  const server = http.createServer((request, response) => {
    let body = "";
    request.on("data", (piece) => (body += piece));
    request.on("end", () => {
      requests.push({ headers: request.headers, body });
      (answers.length > 1 ? answers.shift() : answers[0])(request, response);
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  return { requests, url: `http://127.0.0.1:${server.address().port}` };
}

const answer = (status, body) => (_, response) => {
  response.statusCode = status;
  response.end(JSON.stringify(body));
};
const breakOff = (request) => request.socket.destroy();
const transportTo = (url, environment = testEnvironment()) => connect({ endpoint: url, env: {}, environment });

test("a client of the SDK: the log and a subscription use it", async (t) => {
  const stage = await stageOf(t, { stream: true });
  const eventLog = new EventLog({ stage, client: new DynamoDBClient({}) });
  await eventLog.append("users", "42", { type: "signup", payload: { bytes: new Uint8Array([1, 2]) } }, "noStream");
  await assert.rejects(eventLog.append("users", "42", { type: "signup" }, "noStream"), { name: "VersionConflict" });
  const got = [];
  const subscription = new Subscription({
    eventLog,
    group: "g",
    handlers: (event) => {
      got.push([event.version, [...event.payload.bytes]]);
      setImmediate(() => subscription.stop());
    },
  });
  await subscription.run();
  assert.deepEqual(got, [[1, [1, 2]]]);
});

test("the SDK's errors become the library's", async () => {
  const transport = new SdkTransport();
  await assert.rejects(
    transport.call("dynamodb", "GetItem", { TableName: "there-is-none", Key: { pk: { S: "1" } } }),
    (error) => {
      assert.ok(error instanceof ServiceError);
      assert.equal(error.type, "ResourceNotFoundException");
      assert.equal(error.status, 400);
      return true;
    },
  );
  const client = new DynamoDBClient({ endpoint: "http://127.0.0.1:1", maxAttempts: 1 });
  await assert.rejects(SdkTransport.of(client).call("dynamodb", "ListTables", {}), NotReachable);
});

test("requests are signed, and say what they call", async (t) => {
  const { requests, url } = await serverOf(t, answer(200, { TableNames: [] }));
  const credentials = { accessKeyId: "AKID", secretAccessKey: "secret", sessionToken: "token" };
  const transport = connect({ endpoint: url, region: "eu-north-1", credentials, env: {} });
  assert.deepEqual(await transport.call("dynamodb", "ListTables", { Limit: 1 }), { TableNames: [] });
  await transport.call("events", "PutEvents", {});
  const [first, second] = requests;
  assert.equal(first.headers["x-amz-target"], "DynamoDB_20120810.ListTables");
  assert.match(
    first.headers.authorization,
    /^AWS4-HMAC-SHA256 Credential=AKID\/\d{8}\/eu-north-1\/dynamodb\/aws4_request, /,
  );
  assert.match(
    first.headers.authorization,
    /SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, /,
  );
  assert.equal(first.body, '{"Limit":1}');
  assert.match(second.headers.authorization, /\/events\/aws4_request/);
});

test("the stage local is at the offline cloud's usual port, unless the environment says another", async (t) => {
  const { requests, url } = await serverOf(t, answer(200, { Items: [] }));
  const send = http.request;
  const urls = [];
  t.mock.method(http, "request", (to, options) => {
    urls.push(to.href);
    return send(new URL(url), options);
  });
  const given = { ...process.env };
  t.after(() => Object.assign(process.env, given));
  for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) delete process.env[name];
  process.env.AWS_PROFILE = "work"; // of AWS, which is not meant
  t.after(() => delete process.env.AWS_PROFILE);
  assert.equal(await new EventLog().version("users", "42"), 0);
  assert.match(requests[0].headers.authorization, /Credential=local\/\d{8}\/us-east-1\//);
  process.env.AWS_ENDPOINT_URL = "http://localhost:9000";
  assert.equal(await new EventLog().version("users", "42"), 0);
  assert.deepEqual(urls, ["http://localhost:8000/", "http://localhost:9000/"]);
});

test("what passes is sent again, 4 times in all", async (t) => {
  const throttled = answer(400, {
    __type: "com.amazonaws.dynamodb.v20120810#ThrottlingException",
    message: "slow down",
  });
  const { requests, url } = await serverOf(t, breakOff, throttled, answer(500, {}), answer(200, { fine: true }));
  const environment = testEnvironment();
  assert.deepEqual(await transportTo(url, environment).call("dynamodb", "ListTables", {}), { fine: true });
  assert.equal(requests.length, 4);
  assert.equal(environment.slept.length, 3);
});

test("after 4 attempts it is an error", async (t) => {
  const { requests, url } = await serverOf(t, breakOff);
  await assert.rejects(transportTo(url).call("dynamodb", "ListTables", {}), NotReachable);
  assert.equal(requests.length, 4);
});

test("other errors are thrown at once, with all that they say", async (t) => {
  const refusal = {
    __type: "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
    Message: "cancelled",
    CancellationReasons: [{ Code: "None" }],
  };
  const { requests, url } = await serverOf(t, answer(400, refusal));
  await assert.rejects(transportTo(url).call("dynamodb", "TransactWriteItems", {}), {
    name: "ServiceError",
    type: "TransactionCanceledException",
    message: "TransactionCanceledException: cancelled",
    reasons: [{ Code: "None" }],
    attempts: 1,
  });
  assert.equal(requests.length, 1);
});

test("an answer that is not DynamoDB's is an error, too", async (t) => {
  const { url } = await serverOf(t, (_, response) => {
    response.statusCode = 403;
    response.end("<html>a proxy");
  });
  await assert.rejects(transportTo(url).call("dynamodb", "ListTables", {}), { type: "Unknown", status: 403 });
});

test("inside of a function, calls carry its trace id", async (t) => {
  const { requests, url } = await serverOf(t, answer(200, {}));
  const before = { ...process.env };
  t.after(() => (process.env = before));
  process.env.AWS_LAMBDA_FUNCTION_NAME = "users";
  process.env._X_AMZN_TRACE_ID = "Root=1-00000000-000000000000000000000000";
  await transportTo(url).call("dynamodb", "ListTables", {});
  assert.equal(requests[0].headers["x-amzn-trace-id"], process.env._X_AMZN_TRACE_ID);
});
