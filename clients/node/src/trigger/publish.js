// Turns change records of the log table into events on the bus.
//
// A record becomes a PutEvents entry if it is not a removal and its item's `pk` ends in "#stream":
//
//   Source "dynamodb-log", DetailType "stream changes",
//   Detail {"log", "key": {"pk", "sk"}, "type", "payload"}      numbers keep every digit
//
// An entry over `maxEntryBytes` is sent with "partial": true and its payload reduced to {"id"}. A call
// carries at most ten entries and 1 MB, in the order of the records. Failed entries are sent again
// with growing delays. If some still fail, nothing after them is sent, and the result names the record
// from which the batch must be retried. An item of a stream that is not an event can never become
// one: it is reported and skipped.
//
// Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html
"use strict";

const { createHash } = require("node:crypto");
const { InvalidArgument, InvalidEvent } = require("../errors.js");
const { bus: source, detailType, parseStreamKey, streamEnd } = require("../names.js");

const entriesPerCall = 10;
const bytesPerCall = 1024 * 1024;
const attempts = 6; // per entry, in total
const firstDelay = 50; // ms

/** Room for the envelope of the event that a target gets. */
const maxEntryBytes = bytesPerCall - 4096;

// --- details ---

function jsonOf(attribute) {
  const [type, value] = Object.entries(attribute ?? {})[0] ?? [];
  switch (type) {
    case "S":
    case "B": // base64 already
      return JSON.stringify(value);
    case "N":
      return number(value);
    case "BOOL":
      return String(value);
    case "NULL":
      return "null";
    case "L":
      return `[${value.map(jsonOf).join(",")}]`;
    case "M":
      return jsonOfMembers(value);
    case "SS":
    case "BS":
      return JSON.stringify(value);
    case "NS":
      return `[${value.map(number).join(",")}]`;
    default:
      throw new InvalidEvent(`"${type}" is no type of an attribute`);
  }
}

/** The digits as they are, never through a double. */
function number(text) {
  if (!/^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(text)) throw new InvalidEvent(`"${text}" is not a number`);
  return text;
}

const jsonOfMembers = (attributes) =>
  `{${Object.entries(attributes)
    .map(([name, value]) => `${JSON.stringify(name)}:${jsonOf(value)}`)
    .join(",")}}`;

function required(item, name, type) {
  const value = item[name]?.[type];
  if (value === undefined) throw new InvalidEvent(`"${name}" is missing or not of type ${type}`);
  return value;
}

function versionOf(item) {
  const text = required(item, "sk", "N");
  if (!/^[1-9]\d{0,19}$/.test(text)) throw new InvalidEvent(`"sk" is ${text}, not a version (1, 2, 3 …)`);
  return text;
}

/** The Detail of an event. `partial`: with its id only. */
function detailOf(item, partial) {
  const pk = required(item, "pk", "S");
  const stream = parseStreamKey(pk);
  if (!stream) throw new InvalidEvent('"pk" is not <log>#<id>#stream');
  const version = versionOf(item);
  const type = JSON.stringify(required(item, "type", "S"));
  const log = JSON.stringify(required(item, "log", "S"));
  const payload = required(item, "payload", "M");
  const shown = partial ? `${JSON.stringify({ id: stream.id })},"partial":true` : jsonOfMembers(payload);
  return `{"log":${log},"key":{"pk":${JSON.stringify(pk)},"sk":${version}},"type":${type},"payload":${shown}}`;
}

// As EventBridge counts. Our entries have neither Time nor Resources.
const bytesOf = (detail) => source.length + detailType.length + Buffer.byteLength(detail);

// A trace id of X-Ray that belongs to this change record alone, whoever publishes it and how often.
// "Sampled=0": nobody pays for the trace.
function traceHeaderOf({ eventID = "", eventSourceARN = "", dynamodb }) {
  const created = Number(dynamodb.ApproximateCreationDateTime ?? 0);
  const seconds = Math.floor(Math.min(Math.max(created, 0), 2 ** 32 - 1)) || 0;
  const digest = createHash("sha256")
    .update([eventID, eventSourceARN, dynamodb.SequenceNumber].join("\0"))
    .digest("hex");
  return `Root=1-${seconds.toString(16).padStart(8, "0")}-${digest.slice(0, 24)};Sampled=0`;
}

// --- batches ---

class Publisher {
  #transport;
  #environment;
  #bus;
  #maxEntryBytes;
  #report;

  constructor({ transport, environment, bus, maxEntryBytes: most = maxEntryBytes, report = console.error }) {
    this.#transport = transport;
    this.#environment = environment;
    this.#bus = bus;
    this.#maxEntryBytes = Math.min(most, bytesPerCall);
    this.#report = report;
  }

  /**
   * Publishes a batch as a mapping passes it to a function. Throws InvalidArgument if it is
   * anything else.
   */
  async publish(batch) {
    const result = { events: 0, ignored: 0, invalid: 0, firstFailedSequenceNumber: undefined };
    const entries = this.#entriesOf(batch, result);
    for (let first = 0; first < entries.length;) {
      let last = first;
      let bytes = 0;
      while (last < entries.length && last - first < entriesPerCall) {
        bytes += bytesOf(entries[last].detail);
        if (bytes > bytesPerCall && last > first) break;
        last += 1;
      }
      if (!(await this.#putAll(entries.slice(first, last), result))) return result;
      first = last;
    }
    return result;
  }

  #entriesOf(batch, result) {
    if (!Array.isArray(batch?.Records))
      throw new InvalidArgument('not a batch of change records: no "Records"', "batch");
    const entries = [];
    for (const record of batch.Records) {
      if (!record?.dynamodb)
        throw new InvalidArgument('not a batch of change records: a record without "dynamodb"', "batch");
      const { Keys, NewImage, SequenceNumber } = record.dynamodb;
      if (!Keys?.pk?.S?.endsWith(streamEnd) || record.eventName === "REMOVE") {
        result.ignored += 1;
        continue;
      }
      try {
        if (!NewImage) throw new InvalidEvent("the record has no new image (the stream's view type must carry it)");
        const whole = detailOf(NewImage, false);
        const detail = bytesOf(whole) > this.#maxEntryBytes ? detailOf(NewImage, true) : whole;
        entries.push({ sequenceNumber: SequenceNumber, key: Keys.pk.S, detail, traceHeader: traceHeaderOf(record) });
      } catch (error) {
        if (!(error instanceof InvalidEvent)) throw error;
        result.invalid += 1;
        this.#report(`Skipping an item that is not an event: ${JSON.stringify(Keys)}: ${error.message}.`);
      }
    }
    return entries;
  }

  /**
   * Puts the entries of one call, and failed ones again. Returns false if some fail in every
   * attempt.
   */
  async #putAll(entries, result) {
    let left = entries;
    for (let attempt = 1; left.length > 0 && attempt <= attempts; attempt++) {
      if (attempt > 1) {
        await this.#environment.sleep(firstDelay * 2 ** (attempt - 2) + this.#environment.random() * firstDelay);
      }
      const before = left.length;
      left = await this.#putOnce(left);
      result.events += before - left.length;
    }
    if (left.length > 0) result.firstFailedSequenceNumber = left[0].sequenceNumber;
    return left.length === 0;
  }

  /** One call. Returns the entries that failed, in order. */
  async #putOnce(entries) {
    const Entries = entries.map(({ detail, traceHeader }) => ({
      Source: source,
      DetailType: detailType,
      Detail: detail,
      EventBusName: this.#bus,
      TraceHeader: traceHeader,
    }));
    try {
      const answer = await this.#transport.call("events", "PutEvents", { Entries });
      return entries.filter((entry, i) => {
        const { ErrorCode, ErrorMessage } = answer.Entries[i];
        if (ErrorCode) this.#report(`The bus ${this.#bus} rejected ${entry.key}: ${ErrorCode}: ${ErrorMessage ?? ""}`);
        return Boolean(ErrorCode);
      });
    } catch (error) {
      this.#report(`PutEvents of ${entries.length} events failed: ${error.message}`);
      return entries;
    }
  }
}

module.exports = { Publisher, maxEntryBytes };
