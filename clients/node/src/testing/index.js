// dynamodb-log/testing: the offline cloud for tests that need not wait.
"use strict";

const { HandlersFailed, LocalCloud, NotSettled } = require("./cloud.js");
const { useCloudWith } = require("./hooks.js");

const start = (options) => LocalCloud.start(options);

module.exports = { HandlersFailed, LocalCloud, NotSettled, start, useCloudWith };
