// A small, fast client of DynamoDB's JSON protocol.
//
// The AWS SDK finds the endpoint, the region and the credentials. Nine tenths of the time of an SDK
// call is spent on other things, and a handler makes three calls for each event, so this client
// signs and sends requests itself, over one kept-alive connection. Requests and answers are
// DynamoDB's own: numbers are text ({ N: "12.345678" }), so no digit is ever lost.
//
// A call that was throttled, broke off or met a server error is retried with growing random delays.
// Concurrent calls are sent one after another.
import { createHash, createHmac } from "node:crypto";
import net from "node:net";
import tls from "node:tls";

import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { getEndpointFromInstructions } from "@smithy/middleware-endpoint";

const attempts = 4;
const timeout = 10_000; // ms without a byte
const throttled = new Set([
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
  "ThrottlingException",
  "TransactionInProgressException",
]);
const signedHeaders = ["content-type", "host", "x-amz-date", "x-amz-security-token", "x-amz-target"];

/**
 * An error that DynamoDB answered. `type` is its exception's short name: "ConditionalCheckFailedException". `item`: what
 * failed its condition, if the request asked for it.
 */
export class DynamoDbError extends Error {
  constructor(status, type, message, item) {
    super(`${type}: ${message}`);
    this.name = "DynamoDbError";
    this.status = status;
    this.type = type;
    this.item = item;
  }
}

const sha256 = (text) => createHash("sha256").update(text).digest("hex");
const hmac = (key, text) => createHmac("sha256", key).update(text).digest();

/** AWS Signature Version 4: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
class Signer {
  #region;
  #key = { of: "", bytes: null }; // the day's key; deriving it takes four hashes

  constructor(region) {
    this.#region = region;
  }

  /** Adds the date, the session token and the signature to the headers of a POST to `path`. */
  sign(headers, path, body, { accessKeyId, secretAccessKey, sessionToken }) {
    const date = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
    headers["x-amz-date"] = date;
    if (sessionToken) headers["x-amz-security-token"] = sessionToken;
    const scope = `${date.slice(0, 8)}/${this.#region}/dynamodb/aws4_request`;
    const names = signedHeaders.filter((name) => name in headers);
    const canonical = names.map((name) => `${name}:${headers[name]}\n`).join("");
    const request = `POST\n${path}\n\n${canonical}\n${names.join(";")}\n${sha256(body)}`;
    const signature = hmac(this.#dayKey(scope, secretAccessKey), `AWS4-HMAC-SHA256\n${date}\n${scope}\n${sha256(request)}`);
    headers.authorization =
      `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names.join(";")}, ` +
      `Signature=${signature.toString("hex")}`;
  }

  #dayKey(scope, secret) {
    if (this.#key.of !== secret + scope) {
      this.#key = { of: secret + scope, bytes: scope.split("/").reduce(hmac, `AWS4${secret}`) };
    }
    return this.#key.bytes;
  }
}

/** HTTP/1.1 over one connection (TLS for https URLs), one request at a time. */
class Connection {
  #url;
  #socket = null;
  #received = Buffer.alloc(0);
  #pending = null; // { resolve, reject } of the request under way

  constructor(url) {
    this.#url = url;
  }

  /** Sends a POST; resolves to { status, body }. Rejects when the connection breaks. */
  request(path, headers, body) {
    this.#socket ??= this.#connect();
    let head = `POST ${path} HTTP/1.1\r\n`;
    for (const name in headers) head += `${name}: ${headers[name]}\r\n`;
    return new Promise((resolve, reject) => {
      this.#pending = { resolve, reject };
      this.#socket.write(`${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
    });
  }

  #connect() {
    const { protocol, hostname, port } = this.#url;
    const secure = protocol === "https:";
    const host = hostname.replace(/^\[|\]$/g, ""); // an IPv6 address
    const options = { host, port: Number(port) || (secure ? 443 : 80), noDelay: true };
    const socket = secure ? tls.connect({ ...options, servername: net.isIP(host) ? "" : host }) : net.connect(options);
    socket.setTimeout(timeout, () => this.#pending && socket.destroy(new Error("DynamoDB did not answer in time")));
    socket.on("data", (bytes) => this.#receive(bytes));
    socket.on("error", (error) => this.#close(error));
    socket.on("close", () => this.#close(new Error("DynamoDB closed the connection")));
    return socket;
  }

  #receive(bytes) {
    this.#received = this.#received.length ? Buffer.concat([this.#received, bytes]) : bytes;
    const headEnd = this.#received.indexOf("\r\n\r\n");
    if (headEnd < 0) return;
    const head = this.#received.toString("latin1", 0, headEnd);
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? NaN); // DynamoDB always sends it
    if (Number.isNaN(length)) return this.#close(new Error("DynamoDB's answer has no length"));
    const end = headEnd + 4 + length;
    if (this.#received.length < end) return;
    const answer = { status: Number(head.slice(9, 12)), body: this.#received.toString("utf8", headEnd + 4, end) };
    this.#received = this.#received.subarray(end);
    const { resolve } = this.#pending;
    this.#pending = null;
    if (/\r\nconnection: *close/i.test(head)) this.#close();
    resolve(answer);
  }

  #close(error) {
    this.#socket?.removeAllListeners("close").destroy();
    this.#socket = null;
    this.#received = Buffer.alloc(0);
    this.#pending?.reject(error);
    this.#pending = null;
  }
}

export class DynamoDb {
  #sdk = new DynamoDBClient({});
  #ready; // a promise: URL, connection, signer
  #last = Promise.resolve(); // the call before

  async #prepare() {
    const { url } = await getEndpointFromInstructions({}, GetItemCommand, this.#sdk.config);
    return { url, connection: new Connection(url), signer: new Signer(await this.#sdk.config.region()) };
  }

  /** Calls an operation; request and answer are objects. Throws DynamoDbError and Node's network errors. */
  call(operation, request) {
    const mine = this.#last.then(() => this.#attempt(operation, JSON.stringify(request)));
    this.#last = mine.catch(() => {});
    return mine;
  }

  async #attempt(operation, body) {
    for (let attempt = 1; ; attempt++) {
      try {
        const answer = await this.#send(operation, body);
        if (answer.status === 200) return JSON.parse(answer.body);
        throw errorOf(answer);
      } catch (error) {
        const final = error instanceof DynamoDbError && error.status < 500 && !throttled.has(error.type);
        if (final || attempt === attempts) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 50 * 2 ** attempt));
    }
  }

  async #send(operation, body) {
    const { url, connection, signer } = await (this.#ready ??= this.#prepare());
    const headers = {
      "content-type": "application/x-amz-json-1.0",
      host: url.host,
      "x-amz-target": `DynamoDB_20120810.${operation}`,
    };
    signer.sign(headers, url.pathname, body, await this.#sdk.config.credentials());
    return connection.request(url.pathname, headers, body);
  }
}

function errorOf({ status, body }) {
  try {
    const { __type, message, Item } = JSON.parse(body);
    return new DynamoDbError(status, __type.split("#").at(-1), message ?? "", Item);
  } catch {
    return new DynamoDbError(status, "Unknown", body.slice(0, 200));
  }
}
