// The AWS JSON protocol over kept-alive connections, without the AWS SDK. It is for endpoints that
// the environment or the caller names, as it is offline: loading the SDK takes most of a function's
// start, and nine tenths of the time of an SDK call is spent on other things.
//
// A call that was throttled, broke off or met a server error is sent up to 4 times, with growing
// random delays. At most 32 connections; further calls wait their turn.
"use strict";

const http = require("node:http");
const https = require("node:https");
const { NotReachable, ServiceError } = require("../errors.js");
const { pauseOf } = require("../environment.js");
const { Signer } = require("./signer.js");

const attempts = 4;
const timeout = 10_000; // ms without a byte
const connections = 32;
const throttled = new Set([
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
  "ThrottlingException",
  "TransactionInProgressException",
]);

const services = {
  dynamodb: { target: "DynamoDB_20120810", signingName: "dynamodb", type: "application/x-amz-json-1.0" },
  streams: { target: "DynamoDBStreams_20120810", signingName: "dynamodb", type: "application/x-amz-json-1.0" },
  events: { target: "AWSEvents", signingName: "events", type: "application/x-amz-json-1.1" },
};

// Bytes are base64 on the wire.
const encode = (request) =>
  JSON.stringify(request, (_, value) => (value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value));

function errorOf({ status, body }, sent) {
  try {
    const { __type, message, Message, CancellationReasons, Item } = JSON.parse(body);
    const type = __type.split("#").at(-1);
    return new ServiceError({
      type,
      message: message ?? Message ?? "",
      status,
      attempts: sent,
      reasons: CancellationReasons,
      item: Item,
    });
  } catch {
    return new ServiceError({ type: "Unknown", message: body.slice(0, 200), status, attempts: sent });
  }
}

class HttpTransport {
  #urls;
  #credentials;
  #signers;
  #environment;
  #agents = new Map(); // by protocol

  /**
   * `urls`: {dynamodb, streams, events}. `credentials`: {accessKeyId, secretAccessKey,
   * sessionToken}.
   */
  constructor({ urls, region, credentials, environment }) {
    this.#urls = Object.fromEntries(Object.entries(urls).map(([service, url]) => [service, new URL(url)]));
    this.#credentials = credentials;
    this.#environment = environment;
    this.#signers = Object.fromEntries(
      Object.entries(services).map(([service, { signingName }]) => [service, new Signer(region, signingName)]),
    );
  }

  /** Calls one operation ("PutItem"). Throws ServiceError and NotReachable. */
  async call(service, operation, request) {
    const body = encode(request);
    for (let attempt = 1; ; attempt++) {
      let failure;
      try {
        const answer = await this.#send(service, operation, body);
        if (answer.status === 200) return JSON.parse(answer.body);
        failure = errorOf(answer, attempt);
        if (answer.status < 500 && !throttled.has(failure.type)) throw failure;
      } catch (error) {
        if (error instanceof ServiceError) throw error;
        failure = new NotReachable(`${this.#urls[service].host} does not answer: ${error.message}`, { cause: error });
      }
      if (attempt === attempts) throw failure;
      await this.#environment.sleep(pauseOf(this.#environment, attempt + 2, 1000));
    }
  }

  /** Closes idle connections. Nothing else needs to be closed. */
  close() {
    for (const agent of this.#agents.values()) agent.destroy();
  }

  #agentOf(library, protocol) {
    if (!this.#agents.has(protocol)) {
      this.#agents.set(protocol, new library.Agent({ keepAlive: true, maxSockets: connections, noDelay: true }));
    }
    return this.#agents.get(protocol);
  }

  #send(service, operation, body) {
    const url = this.#urls[service];
    const { target, type } = services[service];
    const headers = { "content-type": type, host: url.host, "x-amz-target": `${target}.${operation}` };
    // Inside of a function: which invocation the call belongs to, as the SDK says it.
    const trace = process.env.AWS_LAMBDA_FUNCTION_NAME && process.env._X_AMZN_TRACE_ID;
    if (trace) headers["x-amzn-trace-id"] = trace;
    this.#signers[service].sign(headers, url.pathname, body, this.#credentials);
    headers["content-length"] = Buffer.byteLength(body);
    const library = url.protocol === "https:" ? https : http;
    return new Promise((resolve, reject) => {
      const request = library.request(url, {
        method: "POST",
        headers,
        agent: this.#agentOf(library, url.protocol),
        timeout,
      });
      request.on("timeout", () => request.destroy(new Error("no answer in time")));
      request.on("error", reject);
      request.on("response", (response) => {
        const pieces = [];
        response.on("data", (piece) => pieces.push(piece));
        response.on("error", reject);
        response.on("aborted", () => reject(new Error("the answer broke off")));
        response.on("end", () => resolve({ status: response.statusCode, body: Buffer.concat(pieces).toString() }));
      });
      request.end(body);
    });
  }
}

module.exports = { HttpTransport };
