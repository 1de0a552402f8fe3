// Time and chance, passed in so that tests can replace them.
"use strict";

const { randomUUID } = require("node:crypto");

const system = {
  /** Milliseconds since the epoch, as createdAt has them. */
  now: () => Date.now(),
  /** Milliseconds of a clock that never jumps. */
  steady: () => performance.now(),
  uuid: () => randomUUID(),
  /** From 0 (inclusive) to 1 (exclusive). */
  random: () => Math.random(),
  /** Resolves after `milliseconds`, or as soon as `signal` is aborted. Never rejects. */
  sleep: (milliseconds, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const finish = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", finish);
        resolve();
      };
      const timer = setTimeout(finish, milliseconds);
      signal?.addEventListener("abort", finish);
    }),
};

/** The system's, with what `replaced` replaces. */
const environmentOf = (replaced = {}) => ({ ...system, ...replaced });

/** A random pause before the next attempt (1, 2, …): from 5 ms to `most` ms, and short at first. */
function pauseOf(environment, attempt, most) {
  const upTo = Math.min(most, 10 * 2 ** Math.min(attempt, 20));
  return 5 + environment.random() * (upTo - 5);
}

module.exports = { environmentOf, pauseOf };
