// A small, fast client of DynamoDB's JSON protocol.
//
// The AWS SDK finds the endpoint, the region and the credentials, unless the environment names them
// all, as it does offline: loading the SDK takes most of a function's start. Nine tenths of the time
// of an SDK call is spent on other things, and a handler makes three calls for each event, so this
// client signs and sends requests itself, over one kept-alive connection. Requests and answers are
// DynamoDB's own: numbers are text ({ N: "12.345678" }), so no digit is ever lost.
//
// A call that was throttled, broke off or met a server error is retried with growing random delays.
// Concurrent calls are sent one after another.
import { createHash, createHmac } from "node:crypto";
import net from "node:net";
import tls from "node:tls";

const attempts = 4;
const timeout = 10_000; // ms without a byte
const throttled = new Set([
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
  "ThrottlingException",
  "TransactionInProgressException",
]);
const signedHeaders = ["content-type", "host", "x-amz-date", "x-amz-security-token", "x-amz-target"];
const loopback = ["localhost", "127.0.0.1", "[::1]"];
const unsignedToken = "local"; // the session token that the offline cloud gives its functions if it checks no signatures

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

  /** What the offline cloud accepts in place of a signature if it checks none. */
  placeholder(headers, { accessKeyId }) {
    headers["x-amz-date"] = "19700101T000000Z";
    headers.authorization =
      `AWS4-HMAC-SHA256 Credential=${accessKeyId}/19700101/${this.#region}/dynamodb/aws4_request, ` +
      "SignedHeaders=host;x-amz-date, Signature=0";
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

  /** Sends a request whose head lacks only its length; resolves to { status, body }. Rejects when the connection breaks. */
  request(head, body) {
    this.#socket ??= this.#connect();
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
    const receive = (bytes) => this.#receive(bytes);
    // Without TLS one buffer can take all that is read, which is faster than a new one for each read.
    const onread = { buffer: Buffer.allocUnsafe(65536), callback: (size, buffer) => receive(buffer.subarray(0, size)) };
    const socket = secure
      ? tls.connect({ ...options, servername: net.isIP(host) ? "" : host }).on("data", receive)
      : net.connect({ ...options, onread });
    socket.setTimeout(timeout, () => this.#pending && socket.destroy(new Error("DynamoDB did not answer in time")));
    socket.on("error", (error) => this.#close(error));
    socket.on("close", () => this.#close(new Error("DynamoDB closed the connection")));
    return socket;
  }

  /** `bytes` are overwritten by the next read. Returns true: go on reading. */
  #receive(bytes) {
    const received = this.#received.length ? Buffer.concat([this.#received, bytes]) : bytes;
    const headEnd = received.indexOf("\r\n\r\n");
    const head = headEnd < 0 ? "" : received.toString("latin1", 0, headEnd);
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? NaN); // DynamoDB always sends it
    const end = headEnd + 4 + length;
    if (head && Number.isNaN(length)) {
      this.#close(new Error("DynamoDB's answer has no length"));
    } else if (received.length >= end) {
      this.#received = Buffer.alloc(0); // the next request is sent after this answer
      const pending = this.#pending;
      this.#pending = null;
      if (/\r\nconnection: *close/i.test(head)) this.#close();
      pending?.resolve({ status: Number(head.slice(9, 12)), body: received.toString("utf8", headEnd + 4, end) });
    } else {
      this.#received = Buffer.from(received);
    }
    return true;
  }

  #close(error) {
    this.#socket?.removeAllListeners("close").destroy();
    this.#socket = null;
    this.#received = Buffer.alloc(0);
    this.#pending?.reject(error);
    this.#pending = null;
  }
}

/** The URL, the region and a function that returns the credentials. */
async function locate() {
  const { env } = process;
  const endpoint = env.AWS_ENDPOINT_URL_DYNAMODB || env.AWS_ENDPOINT_URL;
  const keys = {
    accessKeyId: env.AWS_ACCESS_KEY_ID,
    secretAccessKey: env.AWS_SECRET_ACCESS_KEY,
    sessionToken: env.AWS_SESSION_TOKEN,
  };
  if (endpoint && env.AWS_REGION && keys.accessKeyId && keys.secretAccessKey) {
    return { url: new URL(endpoint), region: env.AWS_REGION, credentials: () => keys };
  }
  const { DynamoDBClient, GetItemCommand } = await import("@aws-sdk/client-dynamodb");
  const { getEndpointFromInstructions } = await import("@smithy/middleware-endpoint");
  const { config } = new DynamoDBClient({});
  const { url } = await getEndpointFromInstructions({}, GetItemCommand, config);
  return { url, region: await config.region(), credentials: config.credentials };
}

export class DynamoDb {
  #url;
  #credentials;
  #signer;
  #connection;
  #heads = new Map(); // by operation: the head of requests without a signature
  #last = Promise.resolve(); // the call before

  /** A client of the DynamoDB that the environment names. */
  static async connect() {
    return new DynamoDb(await locate());
  }

  constructor({ url, region, credentials }) {
    this.#url = url;
    this.#credentials = credentials;
    this.#signer = new Signer(region);
    this.#connection = new Connection(url);
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
    const known = this.#heads.get(operation);
    if (known) return this.#connection.request(known, body);
    const path = this.#url.pathname;
    const credentials = await this.#credentials();
    const headers = {
      "content-type": "application/x-amz-json-1.0",
      host: this.#url.host,
      "x-amz-target": `DynamoDB_20120810.${operation}`,
    };
    const unsigned = credentials.sessionToken === unsignedToken && loopback.includes(this.#url.hostname);
    if (unsigned) this.#signer.placeholder(headers, credentials);
    else this.#signer.sign(headers, path, body, credentials);
    let head = `POST ${path} HTTP/1.1\r\n`;
    for (const name in headers) head += `${name}: ${headers[name]}\r\n`;
    if (unsigned) this.#heads.set(operation, head);
    return this.#connection.request(head, body);
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
