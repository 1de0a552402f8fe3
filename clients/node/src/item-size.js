// Sizes of items as DynamoDB calculates them: names and strings count their UTF-8 bytes, a number
// about half its digits, null and booleans 1, a list or map 3 and 1 for each element.
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
"use strict";

const { checkNumber } = require("./decimal.js");

// Two digits a byte, paired from the decimal point; a byte for the exponent, one for a minus sign.
function numberSize(text) {
  const { digits, exponent, negative } = checkNumber(text);
  if (digits === "") return 1;
  const unpaired = (exponent & 1) + ((digits.length + exponent) & 1);
  return (digits.length + unpaired) / 2 + 1 + (negative ? 1 : 0);
}

const sum = (values, size) => values.reduce((total, value) => total + size(value), 0);

function valueSize(attribute) {
  const [[type, value]] = Object.entries(attribute);
  switch (type) {
    case "S":
      return Buffer.byteLength(value);
    case "N":
      return numberSize(value);
    case "B":
      return value.length;
    case "L":
      return 3 + sum(value, (element) => 1 + valueSize(element));
    case "M":
      return 3 + sum(Object.entries(value), ([name, member]) => 1 + Buffer.byteLength(name) + valueSize(member));
    case "SS":
      return sum(value, (text) => Buffer.byteLength(text));
    case "NS":
      return sum(value, numberSize);
    case "BS":
      return sum(value, (bytes) => bytes.length);
    default:
      return 1; // BOOL, NULL
  }
}

/** Bytes of an item, which has attributes as the AWS SDK takes them. */
function itemSize(item) {
  return sum(Object.entries(item), ([name, value]) => Buffer.byteLength(name) + valueSize(value));
}

module.exports = { itemSize };
