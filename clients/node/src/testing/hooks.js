// The cloud of a test file: started before its first test, reset before each, stopped after the last.
"use strict";

const { LocalCloud } = require("./cloud.js");

/** `hooks`: beforeAll, beforeEach and afterAll of the test framework. */
function useCloudWith({ beforeAll, beforeEach, afterAll }, options = {}) {
  let cloud;
  beforeAll(async () => {
    cloud = await LocalCloud.start(options);
    await options.prepare?.(cloud);
    if (options.prepare) await cloud.checkpoint("prepared");
  });
  beforeEach(() => cloud.reset(options.prepare ? { checkpoint: "prepared" } : {}));
  afterAll(() => cloud?.stop());
  return new Proxy({}, { get: (_, name) => memberOf(cloud, name) });
}

function memberOf(cloud, name) {
  if (!cloud) throw new Error("The cloud runs from the first test on: use it inside of a test or a hook.");
  const member = cloud[name];
  return typeof member === "function" ? member.bind(cloud) : member;
}

module.exports = { useCloudWith };
