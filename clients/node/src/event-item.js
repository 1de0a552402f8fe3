// Events as items of the log table, and back.
//
//   pk S <log>#<id>#stream   sk N version   type S   log S   payload M (has id)
//   eventId S, createdAt S, metadata M, ttl N (seconds since the epoch): optional
"use strict";

const { InvalidArgument, InvalidEvent } = require("./errors.js");
const { marshal, marshalMembers, unmarshalMembers } = require("./attribute-values.js");
const { checkText, parseStreamKey } = require("./names.js");

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** Checks what a caller passed as a new event; the log's own types begin with "$". */
function checkNewEvent(event, isOwn) {
  if (!isObject(event)) throw new InvalidArgument("an event must be an object", "event");
  checkText(event.type, "the event's type", "type");
  if (event.type.startsWith("$") && !isOwn) {
    throw new InvalidArgument(`types that begin with "$" are the log's own: ${event.type}`, "type");
  }
  for (const name of ["payload", "metadata"]) {
    if (event[name] !== undefined && !isObject(event[name])) {
      throw new InvalidArgument(`the event's ${name} must be an object`, name);
    }
  }
  if (event.eventId !== undefined) checkText(event.eventId, "the event's id", "eventId");
  if (event.ttl !== undefined && !(Number.isSafeInteger(event.ttl) && event.ttl >= 0)) {
    throw new InvalidArgument("ttl must be whole seconds since the epoch", "ttl");
  }
}

/** The payload with the stream's id. */
function withId(payload = {}, id) {
  if (payload.id === undefined) return { id, ...payload };
  if (payload.id !== id) throw new InvalidArgument(`the payload's id is not the stream's (${id})`, "payloadId");
  return payload;
}

/** The attributes of a complete event, without its keys. */
function attributesOf(log, { type, payload, eventId, createdAt, metadata, ttl }) {
  const attributes = {
    type: { S: type },
    log: { S: log },
    payload: { M: marshalMembers(payload, 2) },
    eventId: { S: eventId },
    createdAt: { S: createdAt },
  };
  if (metadata !== undefined) attributes.metadata = { M: marshalMembers(metadata, 2) };
  if (ttl !== undefined) attributes.ttl = marshal(ttl);
  return attributes;
}

const keyOf = (pk, version) => ({ pk: { S: pk }, sk: { N: String(version) } });

function required(item, name, type) {
  const value = item[name]?.[type];
  if (value === undefined) throw new InvalidEvent(`${describe(item)}: "${name}" is missing or not of type ${type}`);
  return value;
}

const describe = (item) => `item ${item.pk?.S ?? "?"} ${item.sk?.N ?? "?"}`;

const isVersion = (value) => Number.isSafeInteger(value) && value >= 1;

/**
 * Whether an item's sort key is a version. Other items in a stream are no events, wherever they come from. The text
 * decides: a JavaScript number rounds 2.99999999999999999999 to 3.
 */
const hasVersion = (item) => /^\d+$/.test(item.sk?.N) && isVersion(Number(item.sk.N));

/** The version that an item's sort key is; if it is none, the key's text, with every digit. */
const versionOrText = (item) => (hasVersion(item) ? Number(item.sk.N) : item.sk?.N);

/** The version that an item's sort key is. Throws InvalidEvent if it is not from 1 to 2^53 - 1. */
function versionOf(item) {
  const version = Number(required(item, "sk", "N"));
  if (!hasVersion(item)) throw new InvalidEvent(`${describe(item)}: "sk" is no version`);
  return version;
}

/**
 * The event as it is stored: before its codec and upcasters. Throws InvalidEvent if the item is no
 * event.
 */
function storedEventOf(item, readNumber) {
  const stream = parseStreamKey(required(item, "pk", "S"));
  if (!stream) throw new InvalidEvent(`${describe(item)}: "pk" is not <log>#<id>#stream`);
  const event = {
    log: required(item, "log", "S"),
    id: stream.id,
    version: versionOf(item),
    type: required(item, "type", "S"),
    payload: unmarshalMembers(required(item, "payload", "M"), readNumber),
  };
  if (item.eventId?.S !== undefined) event.eventId = item.eventId.S;
  if (item.createdAt?.S !== undefined) event.createdAt = item.createdAt.S;
  if (item.metadata?.M !== undefined) event.metadata = unmarshalMembers(item.metadata.M, readNumber);
  if (item.ttl?.N !== undefined) event.ttl = Number(item.ttl.N);
  return event;
}

module.exports = {
  attributesOf,
  checkNewEvent,
  hasVersion,
  isObject,
  isVersion,
  keyOf,
  storedEventOf,
  versionOf,
  versionOrText,
  withId,
};
