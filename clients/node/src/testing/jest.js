// For Jest, whose hooks are globals: const { useCloud } = require("dynamodb-log/testing/jest").
"use strict";

const { useCloudWith } = require("./hooks.js");

const useCloud = (options) => useCloudWith(globalThis, options);

module.exports = { useCloud };
