// The trigger: the function between the log table's stream and the bus, for those who cannot ship the
// built-in one, which is a native program. Its mapping must enable ReportBatchItemFailures.
//
//   export { handler } from "dynamodb-log/trigger";
//
// Environment: EVENT_BUS_NAME (default "dynamodb-log"), MAX_ENTRY_BYTES (1,024 to 1,048,576), and what
// every SDK reads (region, credentials, endpoints).
"use strict";

const { InvalidArgument } = require("../errors.js");
const { environmentOf } = require("../environment.js");
const names = require("../names.js");
const { connect } = require("../transport/connect.js");
const { Publisher, maxEntryBytes } = require("./publish.js");

const leastEntryBytes = 1024;
const mostEntryBytes = 1024 * 1024;

function entryBytesOf(text) {
  if (!text) return maxEntryBytes;
  const bytes = /^\d+$/.test(text) ? Number(text) : NaN;
  if (!(bytes >= leastEntryBytes && bytes <= mostEntryBytes)) {
    throw new InvalidArgument(
      `MAX_ENTRY_BYTES must be a number from 1024 to 1048576, not "${text}"`,
      "MAX_ENTRY_BYTES",
    );
  }
  return bytes;
}

function createTrigger({ transport, env = process.env, environment, report } = {}) {
  const publisher = new Publisher({
    transport: transport ?? connect({ env }),
    environment: environmentOf(environment),
    bus: env.EVENT_BUS_NAME || names.bus,
    maxEntryBytes: entryBytesOf(env.MAX_ENTRY_BYTES),
    report,
  });
  return async (batch) => {
    const { firstFailedSequenceNumber } = await publisher.publish(batch);
    const failed = firstFailedSequenceNumber === undefined ? [] : [{ itemIdentifier: firstFailedSequenceNumber }];
    return { batchItemFailures: failed };
  };
}

let trigger; // one for all invocations of a process

const handler = async (batch) => (trigger ??= createTrigger())(batch);

module.exports = { createTrigger, handler };
