// How the library reaches the services: by itself, and through clients of the AWS SDK.
import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import net from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import tls from "node:tls";
import { test } from "node:test";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EventLog, NotReachable, SdkTransport, ServiceError, Subscription, connect } from "dynamodb-log";
import { rawAnswer, rawServerOf } from "./raw-server.mjs";
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
  const connectTo = net.connect;
  const ports = [];
  t.mock.method(net, "connect", ({ host, port, ...options }) => {
    ports.push(`${host}:${port}`);
    return connectTo({ ...options, host: "127.0.0.1", port: Number(new URL(url).port) });
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
  assert.deepEqual(ports, ["localhost:8000", "localhost:9000"]);
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

const call = (url, environment) => transportTo(url, environment).call("dynamodb", "ListTables", {});

test("an answer may come in chunks, or in many pieces", async (t) => {
  const head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  const chunks = '2;x=y\r\n{"\r\n9\r\nn":"1.50"\r\n1\r\n}\r\n0\r\nTrailer: x\r\n\r\n';
  const pieces = (socket) => {
    socket.setNoDelay();
    let sent = Promise.resolve();
    for (const piece of head + chunks) {
      sent = sent.then(() => new Promise((resolve) => socket.write(piece, () => setImmediate(resolve))));
    }
  };
  const text = "å".repeat(3_000_000);
  const { url, connections } = await rawServerOf(t, head + chunks, pieces, rawAnswer(JSON.stringify({ text })));
  const transport = transportTo(url);
  assert.deepEqual(await transport.call("dynamodb", "ListTables", {}), { n: "1.50" });
  assert.deepEqual(await transport.call("dynamodb", "ListTables", {}), { n: "1.50" });
  assert.equal((await transport.call("dynamodb", "ListTables", {})).text, text);
  assert.equal(connections(), 1);
});

for (const [what, answer] of Object.entries({
  "without a length": "HTTP/1.1 200 OK\r\n\r\n{}",
  "that is too long": "HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n{}",
  "whose length is none": "HTTP/1.1 200 OK\r\ncontent-length: -2\r\n\r\n{}",
  "with a long head": `HTTP/1.1 200 OK\r\nx: ${"x".repeat(100_000)}`,
  "in another encoding": "HTTP/1.1 200 OK\r\ntransfer-encoding: gzip\r\n\r\n{}",
  "in chunks without a size": "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nx\r\n{}\r\n0\r\n\r\n",
  "with another one behind it": `${rawAnswer("{}")}HTTP/1.1 200 OK\r\n\r\n`,
  "that is no HTTP": "What?\r\n\r\n",
  "that is no JSON": rawAnswer("{"),
})) {
  test(`an answer ${what} is none`, async (t) => {
    const { url, requests } = await rawServerOf(t, answer);
    await assert.rejects(call(url), NotReachable);
    assert.equal(requests.length, 4);
  });
}

test("an answer that breaks off is asked for again", async (t) => {
  const half = (socket) => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{");
  const { url } = await rawServerOf(t, half, (socket) => socket.destroy(), rawAnswer('{"fine":true}'));
  assert.deepEqual(await call(url), { fine: true });
});

test("a server that wants the connection closed, and one that closes it, get a new one", async (t) => {
  const closing = (socket) => socket.end(rawAnswer("{}"));
  const wanted = rawAnswer("{}", { head: "Connection: Close\r\n" });
  const { url, connections } = await rawServerOf(t, wanted, closing, rawAnswer("{}"));
  const environment = testEnvironment();
  const transport = transportTo(url, environment);
  await transport.call("dynamodb", "ListTables", {});
  await transport.call("dynamodb", "ListTables", {});
  await transport.call("dynamodb", "ListTables", {});
  assert.ok(connections() >= 3);
});

test("at most 32 connections, and further calls wait", async (t) => {
  const waiting = [];
  const { url, connections } = await rawServerOf(t, (socket) => {
    waiting.push(socket);
    if (waiting.length === 32) for (const one of waiting.splice(0)) one.write(rawAnswer("{}"));
  });
  const transport = transportTo(url);
  const calls = Array.from({ length: 64 }, () => transport.call("dynamodb", "ListTables", {}));
  assert.equal((await Promise.all(calls)).length, 64);
  assert.equal(connections(), 32);
});

test("a cloud that checks no signatures gets none from its functions", async (t) => {
  const { requests, url } = await rawServerOf(t, rawAnswer("{}"));
  const credentials = { accessKeyId: "PROCESS1", secretAccessKey: "secret", sessionToken: "local" };
  const transport = connect({ endpoint: url, region: "eu-north-1", credentials, env: {} });
  await transport.call("dynamodb", "ListTables", { Limit: 1 });
  await transport.call("dynamodb", "ListTables", { Limit: 2 });
  for (const request of requests) {
    assert.match(request, /Credential=PROCESS1\/19700101\/eu-north-1\/dynamodb\/aws4_request, .*Signature=0\r\n/);
  }
  assert.match(requests[1], /\r\n\r\n\{"Limit":2\}$/);
});

test("credentials add no lines to a request", async (t) => {
  const { requests, url } = await rawServerOf(t, rawAnswer("{}"));
  const keys = { accessKeyId: "AKID", secretAccessKey: "secret" };
  const injected = "token\r\nx-amz-target: DynamoDB_20120810.DeleteTable";
  for (const wrong of [{ sessionToken: injected }, { sessionToken: "token\n" }, { accessKeyId: "AKID\n" }]) {
    const transport = connect({ endpoint: url, region: "eu-north-1", credentials: { ...keys, ...wrong }, env: {} });
    await assert.rejects(transport.call("dynamodb", "ListTables", {}), {
      name: "ConfigurationError",
      message: /line break at its end$/,
    });
  }
  assert.deepEqual(requests, []);
});

test("an endpoint that is no URL of HTTP is refused", () => {
  for (const endpoint of ["localhost:8000", "//localhost", "ftp://localhost"]) {
    assert.throws(() => connect({ endpoint, env: {} }), { name: "ConfigurationError", message: /is not an http/ });
  }
});

test("TLS: certificates are verified", async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), "tls-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const [key, cert] = ["key.pem", "certificate.pem"].map((name) => path.join(folder, name));
  const options = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=localhost";
  const names = ["-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", cert];
  execFileSync("openssl", ["req", "-x509", ...options.split(" "), ...names], { stdio: "ignore" });
  const server = https.createServer({ key: readFileSync(key), cert: readFileSync(cert) }, answer(200, { fine: true }));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close().closeAllConnections());
  const url = `https://localhost:${server.address().port}`;
  await assert.rejects(call(url), /self-signed certificate/);
  const script =
    'require("dynamodb-log").connect({ endpoint: process.argv[1] }).call("dynamodb", "ListTables", {}).then(console.log)';
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: cert };
  const said = await new Promise((resolve, reject) => {
    execFile(process.execPath, ["--eval", script, url], { env }, (error, out) =>
      error ? reject(error) : resolve(out),
    );
  });
  assert.equal(said, "{ fine: true }\n");
});

test("in a function, the SDK finds endpoint, region and credentials, and no more", async (t) => {
  const { requests, url } = await rawServerOf(t, rawAnswer('{"TableNames":[]}'));
  const given = { ...process.env };
  t.after(() => Object.assign(process.env, given));
  for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) delete process.env[name];
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: "AKID", AWS_SECRET_ACCESS_KEY: "secret", AWS_REGION: "eu-north-1" });
  t.after(() => ["AWS_LAMBDA_FUNCTION_NAME"].forEach((name) => delete process.env[name]));
  process.env.AWS_LAMBDA_FUNCTION_NAME = "users";
  const asked = [];
  const connectTo = net.connect;
  t.mock.method(tls, "connect", ({ host, port }) => {
    asked.push(`${host}:${port}`);
    return connectTo({ host: "127.0.0.1", port: Number(new URL(url).port) });
  });
  assert.deepEqual(await connect().call("dynamodb", "ListTables", {}), { TableNames: [] });
  assert.deepEqual(asked, ["dynamodb.eu-north-1.amazonaws.com:443"]);
  assert.match(requests[0], /Credential=AKID\/\d{8}\/eu-north-1\/dynamodb\/aws4_request, /);
  delete process.env.AWS_LAMBDA_FUNCTION_NAME;
  assert.ok(connect() instanceof SdkTransport);
  assert.ok(!(connect({ light: true }) instanceof SdkTransport));
});

test("without credentials it is an error that says so", async (t) => {
  const given = { ...process.env };
  t.after(() => Object.assign(process.env, given));
  for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) delete process.env[name];
  const nothing = {
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
  };
  Object.assign(process.env, nothing);
  t.after(() => Object.keys(nothing).forEach((name) => delete process.env[name]));
  const transport = connect({ light: true, region: "eu-north-1" });
  await assert.rejects(transport.call("dynamodb", "ListTables", {}), {
    name: "ConfigurationError",
    message: /credentials/,
  });
});

test("the environment of a function names its log", async (t) => {
  t.after(() => ["LOG_TABLE", "CORE_TABLE", "STAGE"].forEach((name) => delete process.env[name]));
  const tables = () => [EventLog.ofEnvironment().table, EventLog.ofEnvironment().readModelTable];
  assert.deepEqual(tables(), ["local-dynamodb-logs", "local-core"]);
  process.env.STAGE = "dev";
  assert.deepEqual(tables(), ["dev-dynamodb-logs", "dev-core"]);
  Object.assign(process.env, { LOG_TABLE: "events", CORE_TABLE: "models" });
  assert.deepEqual(tables(), ["events", "models"]);
});
