// Waits while a service is not there: a consumer survives the restart of the server.
"use strict";

const { meaningOf } = require("../write-outcome.js");
const { pauseOf } = require("../environment.js");

const longestPause = 5000; // ms

/**
 * Runs `task`, and again while it fails with an error that passes (no answer, throttling, a server
 * error), at most `attempts` times. Throws other errors, and the last one once `signal` is aborted.
 */
async function passing({ environment }, signal, notice, task, attempts = Infinity) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await task();
    } catch (error) {
      if (meaningOf(error) !== "again" || signal.aborted || attempt >= attempts) throw error;
      if (attempt === 1) notice(`The subscription waits: ${error.message}`);
      await environment.sleep(pauseOf(environment, attempt + 4, longestPause), signal);
    }
  }
}

module.exports = { passing };
