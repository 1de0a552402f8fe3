// A number with all its digits, as text. DynamoDB's numbers have up to 38 digits; JavaScript's have
// about 16. Numbers that JavaScript cannot hold exactly are read as a Decimal.
"use strict";

const { InvalidArgument } = require("./errors.js");
const limits = require("./limits.js");

const shape = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/;

/**
 * {negative, digits, exponent}: without zeros at either end; null if `text` is no number. Zero has
 * no digits.
 */
function parse(text) {
  const found = shape.exec(text);
  if (!found || (!found[2] && !found[3])) return null;
  const [, sign, whole, fraction = "", power = "0"] = found;
  const all = (whole + fraction).replace(/^0+/, "");
  const digits = all.replace(/0+$/, "");
  const exponent = digits ? Number(power) - fraction.length + (all.length - digits.length) : 0;
  return { negative: sign === "-" && digits !== "", digits, exponent };
}

const isSame = (a, b) => a.negative === b.negative && a.digits === b.digits && a.exponent === b.exponent;

/** Checks what DynamoDB stores: at most 38 digits, 1e-130 to 9.99…e125. Returns the parts. */
function checkNumber(text) {
  const parts = parse(text);
  if (!parts) throw new InvalidArgument(`not a number: ${text}`, "number");
  if (parts.digits.length > limits.digits) {
    throw new InvalidArgument(`a number has at most ${limits.digits} digits: ${text}`, "digits");
  }
  const magnitude = parts.digits.length + parts.exponent - 1;
  if (parts.digits && (magnitude > 125 || magnitude < -130)) {
    throw new InvalidArgument(`a number is from 1e-130 to 9.9…e125 in size, or 0: ${text}`, "number");
  }
  return parts;
}

class Decimal {
  #text;

  /**
   * `value`: text, a number, a bigint or a Decimal. Throws InvalidArgument for what DynamoDB cannot
   * store.
   */
  constructor(value) {
    this.#text = String(value);
    checkNumber(this.#text);
  }

  /** The number as it was written. */
  toString() {
    return this.#text;
  }

  /** In JSON it is a string, because a JSON number would lose digits where it is read. */
  toJSON() {
    return this.#text;
  }

  /** The nearest JavaScript number. */
  toNumber() {
    return Number(this.#text);
  }

  /** Whether both are the same number: 1.50 equals 1.5. */
  equals(other) {
    const parts = parse(String(other));
    return parts !== null && isSame(parse(this.#text), parts);
  }

  [Symbol.for("nodejs.util.inspect.custom")]() {
    return `Decimal(${this.#text})`;
  }
}

/**
 * A number of DynamoDB as a JavaScript number if that is exactly the same number, or else as a
 * Decimal.
 */
function exact(text) {
  const number = Number(text);
  const parts = parse(text);
  return parts && Number.isFinite(number) && isSame(parts, parse(String(number))) ? number : new Decimal(text);
}

/** As exact(), but whole numbers beyond 2^53 become a bigint. */
function withBigints(text) {
  if (/^-?\d+$/.test(text) && !Number.isSafeInteger(Number(text))) return BigInt(text);
  return exact(text);
}

const numberReaders = { exact, bigint: withBigints, decimal: (text) => new Decimal(text) };

module.exports = { Decimal, checkNumber, numberReaders };
