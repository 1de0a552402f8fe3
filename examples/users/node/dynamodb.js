// A small, quick client of DynamoDB's JSON protocol.
//
// The AWS SDK finds the endpoint, the region and the credentials, here as everywhere. The rest of what it does for a call
// takes four fifths of its time, and this is called three times for every event; so requests are signed and sent here.
// Requests and answers are DynamoDB's own: numbers are text ({ N: "12.345678" }), so none of their digits is ever lost.
//
// Calls that were throttled, broke off or met an error of the server are tried again, with growing random delays.
import { createHash, createHmac } from "node:crypto";
import http from "node:http";
import https from "node:https";

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

/** DynamoDB refused: `type` is its exception's short name, "ConditionalCheckFailedException". */
export class DynamoDbError extends Error {
  constructor(status, type, message) {
    super(`${type}: ${message}`);
    this.name = "DynamoDbError";
    this.status = status;
    this.type = type;
  }
}

const sha256 = (text) => createHash("sha256").update(text).digest("hex");
const hmac = (key, text) => createHmac("sha256", key).update(text).digest();

/** AWS Signature Version 4: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
class Signer {
  #region;
  #key = { of: "", bytes: null }; // the day's key; making it takes four hashes

  constructor(region) {
    this.#region = region;
  }

  /** Adds the date, the session's token and the signature to the headers of a POST to `path`. */
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

export class DynamoDb {
  #sdk = new DynamoDBClient({});
  #ready; // a promise: endpoint, signer, connections

  async #prepare() {
    const { url } = await getEndpointFromInstructions({}, GetItemCommand, this.#sdk.config);
    const protocol = url.protocol === "https:" ? https : http;
    return {
      url,
      protocol,
      agent: new protocol.Agent({ keepAlive: true, noDelay: true }),
      signer: new Signer(await this.#sdk.config.region()),
    };
  }

  /** One operation: a request as an object, the answer as an object. Throws DynamoDbError and Node's network errors. */
  async call(operation, request) {
    const body = JSON.stringify(request);
    for (let attempt = 1; ; attempt++) {
      try {
        this.#ready ??= this.#prepare();
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
    const { url, protocol, agent, signer } = await this.#ready;
    const headers = {
      "content-type": "application/x-amz-json-1.0",
      host: url.host,
      "x-amz-target": `DynamoDB_20120810.${operation}`,
    };
    signer.sign(headers, url.pathname, body, await this.#sdk.config.credentials());
    headers["content-length"] = Buffer.byteLength(body);
    const options = { method: "POST", host: url.hostname, port: url.port, path: url.pathname, headers, agent, timeout };
    return new Promise((resolve, reject) => {
      const sent = protocol.request(options, (response) => {
        const parts = [];
        response.on("data", (part) => parts.push(part));
        response.on("end", () => resolve({ status: response.statusCode, body: Buffer.concat(parts).toString() }));
        response.on("error", reject);
      });
      sent.on("timeout", () => sent.destroy(new Error("DynamoDB did not answer in time")));
      sent.on("error", reject);
      sent.end(body);
    });
  }
}

function errorOf({ status, body }) {
  try {
    const { __type, message } = JSON.parse(body);
    return new DynamoDbError(status, __type.split("#").at(-1), message ?? "");
  } catch {
    return new DynamoDbError(status, "Unknown", body.slice(0, 200));
  }
}
