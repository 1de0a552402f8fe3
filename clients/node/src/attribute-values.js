// JavaScript values to and from DynamoDB's attribute values.
//
//   string            S        boolean  BOOL     null                            NULL
//   number, bigint    N        Decimal  N        Uint8Array                      B
//   array             L        object   M        Set of one kind, not empty      SS, NS, BS
//
// Members that are undefined are left out, as in JSON; so are undefined elements' values: they become
// null. An object with toJSON() becomes what that returns (a Date: ISO 8601 text).
"use strict";

const { InvalidArgument } = require("./errors.js");
const { Decimal, checkNumber } = require("./decimal.js");
const limits = require("./limits.js");

function numberText(value) {
  const text = String(value);
  checkNumber(text);
  return text;
}

const isNumber = (value) => typeof value === "number" || typeof value === "bigint" || value instanceof Decimal;

// A view that is no Buffer: a Buffer's toJSON would turn it into an array of numbers.
const bytesOf = (value) => new Uint8Array(value.buffer, value.byteOffset, value.byteLength);

function marshalSet(set) {
  const values = [...set];
  if (values.length === 0) throw new InvalidArgument("DynamoDB has no empty sets", "set");
  if (values.every((value) => typeof value === "string")) return { SS: values };
  if (values.every(isNumber)) return { NS: values.map(numberText) };
  if (values.every((value) => value instanceof Uint8Array)) return { BS: values.map(bytesOf) };
  throw new InvalidArgument("a set has strings only, numbers only or bytes only", "set");
}

function marshalObject(value, depth) {
  if (value instanceof Decimal) return { N: value.toString() };
  if (value instanceof Uint8Array) return { B: bytesOf(value) };
  if (value instanceof Set) return marshalSet(value);
  if (depth > limits.depth) throw new InvalidArgument(`values nest at most ${limits.depth} levels deep`, "depth");
  if (Array.isArray(value)) return { L: value.map((element) => marshal(element ?? null, depth + 1)) };
  if (typeof value.toJSON === "function") return marshal(value.toJSON(), depth);
  if (value instanceof Map) throw new InvalidArgument("a Map cannot be stored: use an object", "value");
  return { M: marshalMembers(value, depth + 1) };
}

/** One value. `depth`: how many lists and maps surround it, and the item itself. */
function marshal(value, depth = 1) {
  if (typeof value === "string") {
    if (!value.isWellFormed?.() && /\p{Surrogate}/u.test(value)) {
      throw new InvalidArgument("a string with half a surrogate pair cannot be stored", "value");
    }
    return { S: value };
  }
  if (typeof value === "boolean") return { BOOL: value };
  if (value === null) return { NULL: true };
  if (isNumber(value)) return { N: numberText(value) };
  if (typeof value === "object") return marshalObject(value, depth);
  throw new InvalidArgument(`a ${typeof value} cannot be stored`, "value");
}

/** Sets a member; "__proto__" is a name like any other, which an assignment would not set. */
function setMember(object, name, value) {
  if (name === "__proto__") {
    Object.defineProperty(object, name, { value, enumerable: true, writable: true, configurable: true });
  } else {
    object[name] = value;
  }
}

/** An object's members as attributes. */
function marshalMembers(object, depth = 1) {
  const attributes = {};
  for (const name of Object.keys(object)) {
    if (object[name] !== undefined) setMember(attributes, name, marshal(object[name], depth));
  }
  return attributes;
}

// From the wire bytes come as base64, from the AWS SDK as bytes.
const readBytes = (value) => (typeof value === "string" ? new Uint8Array(Buffer.from(value, "base64")) : value);

/** The JavaScript value of an attribute. `readNumber`: one of numberReaders. */
function unmarshal(attribute, readNumber) {
  const type = Object.keys(attribute).find((name) => attribute[name] !== undefined);
  const value = attribute[type];
  switch (type) {
    case "S":
    case "BOOL":
      return value;
    case "N":
      return readNumber(value);
    case "NULL":
      return null;
    case "B":
      return readBytes(value);
    case "L":
      return value.map((element) => unmarshal(element, readNumber));
    case "M":
      return unmarshalMembers(value, readNumber);
    case "SS":
      return new Set(value);
    case "NS":
      return new Set(value.map(readNumber));
    case "BS":
      return new Set(value.map(readBytes));
    default:
      throw new InvalidArgument(`unknown attribute type ${type}`);
  }
}

function unmarshalMembers(attributes, readNumber) {
  const values = {};
  for (const name of Object.keys(attributes)) setMember(values, name, unmarshal(attributes[name], readNumber));
  return values;
}

module.exports = { marshal, marshalMembers, unmarshal, unmarshalMembers };
