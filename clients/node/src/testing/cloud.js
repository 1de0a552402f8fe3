// The offline cloud as a test sees it: its log, its clock, what failed, and a way to wait that is none.
"use strict";

const { EventLog } = require("../event-log.js");
const { ServiceError } = require("../errors.js");
const { connect } = require("../transport/connect.js");
const { Program } = require("./program.js");
const { Scenario } = require("./scenario.js");

/** Something is not at rest: `waitsFor` says what. `failures`: what failed until then. */
class NotSettled extends Error {
  constructor(answer) {
    super(answer.Message);
    this.name = "NotSettled";
    this.waitsFor = answer.waitsFor ?? [];
    this.failures = answer.failures ?? [];
  }
}

/** Handlers have failed: `failures` has each one's error, log lines and payload. */
class HandlersFailed extends Error {
  constructor(failures) {
    super(`${failures.length} failed:\n${failures.map(describe).join("\n")}`);
    this.name = "HandlersFailed";
    this.failures = failures;
  }
}

function describe({ errorLine, error, log, payload }) {
  const stack = (error?.stackTrace ?? error?.trace ?? []).map((line) => `    ${String(line).trim()}`);
  const printed = log
    ? [
        "  Log:",
        ...log
          .trimEnd()
          .split("\n")
          .map((line) => `    ${line}`),
      ]
    : [];
  return [`  ${errorLine}`, ...stack, ...printed, `  Payload: ${JSON.stringify(payload)}`].join("\n");
}

/** The JSON of an answer; {} for one without any. */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

const settleTimeout = 30_000; // ms; a busy machine

class LocalCloud {
  #program;

  static async start(options = {}) {
    return new LocalCloud(await Program.start(options), options);
  }

  constructor(program, { stage = "local", eventLog = {} }) {
    this.#program = program;
    this.url = program.ready.url;
    this.env = {
      AWS_ENDPOINT_URL: this.url,
      AWS_REGION: "us-east-1",
      AWS_DEFAULT_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
    };
    this.transport = connect({ endpoint: this.url, env: this.env });
    this.eventLog = new EventLog({ stage, ...eventLog, transport: this.transport });
  }

  append(log, id, events, expected = "any") {
    return this.eventLog.append(log, id, events, expected);
  }

  async read(log, id, options) {
    const events = [];
    for await (const event of this.eventLog.read(log, id, options)) events.push(event);
    return events;
  }

  /** An item of a table (default: the read models) as JavaScript values; null if there is none. */
  async item(pk, sk = pk, table = this.eventLog.readModelTable) {
    const request = { TableName: table, Key: { pk: { S: pk }, sk: { S: sk } }, ConsistentRead: true };
    const { Item } = await this.transport.call("dynamodb", "GetItem", request);
    return Item ? this.eventLog.valuesOf(Item) : null;
  }

  async settle({ allowFailures = false, ...request } = {}) {
    const answer = await this.#post("settle", { advance: true, timeout: settleTimeout, ...request });
    if (answer.failures?.length > 0 && !allowFailures) throw new HandlersFailed(answer.failures);
    return answer;
  }

  async reset(request = {}) {
    const answer = await this.#post("reset", request);
    this.eventLog.forgetVersions();
    return answer;
  }

  checkpoint(name) {
    return this.#call("PUT", `checkpoints/${encodeURIComponent(name)}`);
  }

  clock(request) {
    return request ? this.#post("clock", request) : this.#call("GET", "clock");
  }

  async failures() {
    const { failures } = await this.#call("GET", "failures");
    return Promise.all(failures.map(({ id }) => this.#call("GET", `failures/${id}`)));
  }

  given(log, id, events = []) {
    return new Scenario(this, { log, id, events });
  }

  output() {
    return this.#program.output();
  }

  async stop() {
    this.transport.close();
    await this.#program.stop();
  }

  #post(route, request) {
    return this.#call("POST", route, request);
  }

  async #call(method, route, request) {
    const response = await fetch(`${this.url}/_local/${route}`, {
      method,
      headers: { "content-type": "application/json" },
      body: request && JSON.stringify(request),
    });
    const text = await response.text();
    const answer = parsed(text);
    if (response.ok) return answer;
    if (answer.settled === false) throw new NotSettled(answer);
    throw new ServiceError({
      type: response.headers.get("x-amzn-errortype") ?? answer.Type ?? "Unknown",
      message: answer.Message ?? text,
      status: response.status,
    });
  }
}

module.exports = { HandlersFailed, LocalCloud, NotSettled };
