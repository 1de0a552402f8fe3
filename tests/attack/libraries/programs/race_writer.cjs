// The writers of race_test in Node.js, all in one process: `node race_writer.cjs MODE NAME WRITERS EVENTS`. What the
// arguments mean is said in tests/clients/race_writer.cc.
"use strict";

const { EventLog, NotReachable, VersionConflict } = require("dynamodb-log");

const [mode, name, writers, events] = process.argv.slice(2);
const eventLog = new EventLog();
const stream = ["race", "1"];

async function whenReachable(call) {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof NotReachable)) throw error;
    }
  }
}

async function append(eventId, expected) {
  const event = { type: "counted", eventId };
  const { version } = await whenReachable(() => eventLog.append(...stream, event, expected));
  process.stdout.write(`${version} ${eventId}\n`);
  return version;
}

async function appendAny(own) {
  for (let number = 0; number < Number(events);) {
    try {
      await append(`${own}/${number}`, "any");
      number += 1;
    } catch (error) {
      if (!(error instanceof VersionConflict)) throw error; // else it has lost many races: the same event again
    }
  }
}

async function appendExactly(own) {
  let version = await whenReachable(() => eventLog.version(...stream));
  for (let attempt = 0; version < Number(events); attempt++) {
    try {
      version = await append(`${own}/${attempt}`, version);
    } catch (error) {
      if (!(error instanceof VersionConflict)) throw error;
      version = error.current;
    }
  }
}

const write = mode === "any" ? appendAny : appendExactly;
const own = Array.from({ length: Number(writers) }, (_, writer) => `${name}/${writer}`);
Promise.all(own.map(write)).catch((error) => {
  console.error(error);
  process.exit(1);
});
