// The command handler: load a stream's state, decide, append; once more if another writer was faster.
"use strict";

const { InvalidArgument, StreamDeleted, VersionConflict } = require("./errors.js");
const { deletedType } = require("./names.js");
const { pauseAfterRace } = require("./environment.js");
const { Snapshots } = require("./snapshots.js");

async function evolveTo(to, eventLog, log, id, at, evolve) {
  for await (const event of eventLog.read(log, id, { from: at.version + 1, to })) {
    if (event.type === deletedType) throw new StreamDeleted(log, id, event.version);
    at.state = evolve(at.state, event);
    at.version = event.version;
  }
}

async function decide(eventLog, log, id, options) {
  const { initial, evolve, decide: decideEvents, retries = 10, snapshot, expectedVersion } = options;
  if (typeof evolve !== "function" || typeof decideEvents !== "function") {
    throw new InvalidArgument("decide needs the functions evolve(state, event) and decide(state, stream)", "decide");
  }
  const snapshots = snapshot && new Snapshots(eventLog, log, id, snapshot);
  const at = (await snapshots?.load()) ?? { version: 0, state: typeof initial === "function" ? initial() : initial };
  for (let attempt = 0; ; attempt++) {
    const began = eventLog.environment.steady();
    await evolveTo(undefined, eventLog, log, id, at, evolve);
    if (expectedVersion !== undefined && expectedVersion !== at.version) {
      throw new VersionConflict(log, id, expectedVersion, at.version);
    }
    const events = [(await decideEvents(at.state, { log, id, version: at.version })) ?? []].flat();
    if (events.length === 0) return { ...at, events: [], appended: false };
    try {
      const result = await eventLog.append(log, id, events, at.version);
      await evolveTo(result.version, eventLog, log, id, at, evolve);
      await snapshots?.save(at);
      return { ...at, events: result.events, appended: result.appended };
    } catch (error) {
      if (!(error instanceof VersionConflict) || attempt >= retries || expectedVersion !== undefined) throw error;
      await eventLog.environment.sleep(pauseAfterRace(eventLog.environment, attempt + 1, began));
    }
  }
}

module.exports = { decide };
