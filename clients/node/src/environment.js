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

const longestRacePause = 5000; // ms

/** A random pause before the next attempt (1, 2, …): from 5 ms to `most` ms, and short at first. */
function pauseOf(environment, attempt, most, unit = 10) {
  const upTo = Math.min(most, unit * 2 ** Math.min(attempt, 20));
  return 5 + environment.random() * (upTo - 5);
}

/**
 * The same after a race that was lost, which began at `began` (steady). Who is slow needs longer
 * pauses: writers that begin again at once only make each other lose.
 */
function pauseAfterRace(environment, race, began) {
  const unit = Math.max(10, environment.steady() - began);
  return pauseOf(environment, race, Math.min(longestRacePause, 64 * unit), unit);
}

module.exports = { environmentOf, pauseAfterRace, pauseOf };
