// The version that a writer expects a stream to have: "any", "noStream", "streamExists", or that of
// its last event (0: "noStream").
"use strict";

const { InvalidArgument } = require("./errors.js");
const limits = require("./limits.js");

/** {given, exact}: `exact` is undefined for "any" and "streamExists". */
function expectedOf(given, eventCount) {
  if (given === "any" || given === "streamExists") return { given };
  if (given === "noStream") return { given, exact: 0 };
  if (!Number.isSafeInteger(given) || given < 0 || given > limits.version - eventCount) {
    throw new InvalidArgument(
      `expected must be "any", "noStream", "streamExists" or a version, not ${String(given)}`,
      "version",
    );
  }
  return { given, exact: given };
}

module.exports = { expectedOf };
