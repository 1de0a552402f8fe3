// The package's names. index.mjs has the same ones for ES modules.
"use strict";

const { now } = require("./clock.js");
const errors = require("./errors.js");
const { Decimal } = require("./decimal.js");
const { EventLog } = require("./event-log.js");
const { deletedType, logTableName, parseStreamKey, readModelTableName, streamKey } = require("./names.js");
const { Projector } = require("./projector.js");
const { Subscription } = require("./subscription/subscription.js");
const { connect } = require("./transport/connect.js");
const { SdkTransport } = require("./transport/sdk.js");

module.exports = {
  ...errors,
  Decimal,
  EventLog,
  Projector,
  SdkTransport,
  Subscription,
  connect,
  deletedType,
  limits: require("./limits.js"),
  logTableName,
  now,
  parseStreamKey,
  readModelTableName,
  streamKey,
};
