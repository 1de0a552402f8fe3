// The AWS JSON protocol without the cost of the AWS SDK: loading the SDK takes most of a function's
// start, and nine tenths of the time of an SDK call is spent on other things. Where the environment
// does not name the endpoint, the region and the credentials, the SDK finds them (places.js), once for
// each service.
//
// A call that was throttled, broke off or met a server error is sent up to 4 times, with growing
// random delays.
"use strict";

const { ConfigurationError, NotReachable, ServiceError } = require("../errors.js");
const { pauseOf } = require("../environment.js");
const { Connections } = require("./http-connection.js");
const { isLoopback } = require("./places.js");
const { Signer } = require("./signer.js");

const attempts = 4;
const unsignedToken = "local"; // the session token that the offline cloud gives its functions if it checks no signatures
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

function hasBytes(value) {
  if (typeof value !== "object" || value === null) return false;
  return value instanceof Uint8Array || Object.values(value).some(hasBytes);
}

// Bytes are base64 on the wire. Requests seldom have any, and looking at each value again costs.
const withBytes = (_, value) => (value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value);
const encode = (request) => JSON.stringify(request, hasBytes(request) ? withBytes : undefined);

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

/** One service at its place: {url, region, credentials}. */
class Endpoint {
  #service;
  #place;
  #signer;
  #connections;
  #unsignedHeads = new Map(); // by operation
  #isFunction = Boolean(process.env.AWS_LAMBDA_FUNCTION_NAME);

  constructor(service, place) {
    this.#service = service;
    this.#place = place;
    this.#signer = new Signer(place.region, service.signingName);
    this.#connections = new Connections(place.url);
  }

  get host() {
    return this.#place.url.host;
  }

  /** Sends one request; resolves to {status, body}. */
  send(operation, body) {
    const head = this.#unsignedHeads.get(operation);
    return head ? this.#request(head, body) : this.#headOf(operation, body).then((made) => this.#request(made, body));
  }

  #request(head, body) {
    // Inside of a function: which invocation the call belongs to, as the SDK says it.
    const trace = this.#isFunction && process.env._X_AMZN_TRACE_ID;
    return this.#connections.request(trace ? `${head}x-amzn-trace-id: ${trace}\r\n` : head, body);
  }

  close() {
    this.#connections.close();
  }

  async #credentials() {
    try {
      return await this.#place.credentials();
    } catch (error) {
      throw new ConfigurationError(`no credentials: ${error.message}`, { cause: error });
    }
  }

  async #headOf(operation, body) {
    const { url } = this.#place;
    const credentials = await this.#credentials();
    const { target, type } = this.#service;
    const headers = { "content-type": type, host: url.host, "x-amz-target": `${target}.${operation}` };
    const isUnsigned = credentials.sessionToken === unsignedToken && isLoopback(url);
    if (isUnsigned) this.#signer.leaveUnsigned(headers, credentials);
    else this.#signer.sign(headers, url.pathname, body, credentials);
    if (Object.values(headers).some((value) => /\p{Cc}/u.test(value))) {
      throw new ConfigurationError(
        "the access key, the session token or the region contains a control character, such as a line break at its end",
      );
    }
    let head = `POST ${url.pathname} HTTP/1.1\r\n`;
    for (const name in headers) head += `${name}: ${headers[name]}\r\n`;
    if (isUnsigned) this.#unsignedHeads.set(operation, head);
    return head;
  }
}

class HttpTransport {
  #placeOf;
  #environment;
  #endpoints = new Map(); // by service

  /** `placeOf(service)`: {url, region, credentials()}, or a promise of that. */
  constructor({ placeOf, environment }) {
    this.#placeOf = placeOf;
    this.#environment = environment;
  }

  /** Calls one operation ("PutItem"). Throws ServiceError, NotReachable and ConfigurationError. */
  async call(service, operation, request) {
    const endpoint = this.#endpoints.get(service) ?? (await this.#find(service));
    const body = encode(request);
    for (let attempt = 1; ; attempt++) {
      let failure;
      try {
        const answer = await endpoint.send(operation, body);
        if (answer.status === 200) return JSON.parse(answer.body);
        failure = errorOf(answer, attempt);
      } catch (error) {
        if (error instanceof ConfigurationError) throw error;
        failure = new NotReachable(`${endpoint.host} does not answer: ${error.message || error.code}`, {
          cause: error,
        });
      }
      const passes = failure instanceof NotReachable || failure.status >= 500 || throttled.has(failure.type);
      if (!passes || attempt === attempts) throw failure;
      await this.#environment.sleep(pauseOf(this.#environment, attempt + 2, 1000));
    }
  }

  /** Closes idle connections. Nothing else needs to be closed. */
  close() {
    for (const endpoint of this.#endpoints.values()) endpoint.close();
  }

  async #find(service) {
    const place = await this.#placeOf(service);
    if (!this.#endpoints.has(service)) this.#endpoints.set(service, new Endpoint(services[service], place));
    return this.#endpoints.get(service);
  }
}

module.exports = { HttpTransport };
