// Names that are part of the log's format: tables, keys, the bus, event types of the log itself.
"use strict";

const { InvalidArgument } = require("./errors.js");
const limits = require("./limits.js");

const bus = "dynamodb-log"; // of the default stage, and the Source of its events
const detailType = "stream changes";
const streamEnd = "#stream";
const deletedType = "$deleted"; // the tombstone that closes a stream

const logTableName = (stage) => `${stage}-dynamodb-logs`;
const readModelTableName = (stage) => `${stage}-core`;

function checkText(value, what, limit) {
  if (typeof value !== "string" || value === "") throw new InvalidArgument(`${what} must be a non-empty string`, limit);
}

/**
 * The partition key of a stream: "users#42#stream". Throws InvalidArgument for an empty log or id,
 * a "#" in the log's name, or a key over 2,048 bytes.
 */
function streamKey(log, id) {
  checkText(log, "the log's name", "log");
  if (log.includes("#")) throw new InvalidArgument(`a log's name must not contain "#": ${log}`, "log");
  checkText(id, "the stream's id", "id");
  const key = `${log}#${id}${streamEnd}`;
  if (Buffer.byteLength(key) > limits.keyBytes) {
    throw new InvalidArgument(`log and id need ${Buffer.byteLength(key)} bytes; a key has at most 2048`, "keyBytes");
  }
  return key;
}

/** {log, id} of a stream's partition key; null if it is none. */
function parseStreamKey(key) {
  if (typeof key !== "string" || !key.endsWith(streamEnd)) return null;
  const name = key.slice(0, -streamEnd.length);
  const hash = name.indexOf("#");
  if (hash < 1 || hash + 1 === name.length) return null;
  return { log: name.slice(0, hash), id: name.slice(hash + 1) };
}

module.exports = {
  bus,
  checkText,
  deletedType,
  detailType,
  logTableName,
  parseStreamKey,
  readModelTableName,
  streamEnd,
  streamKey,
};
