// A consumer of the group "counted" that writes a line for each event it has handled: `node consumer.cjs FILE`. SIGTERM
// stops it, from when there is a file FILE.ready. The line: nanoseconds of the machine's steady clock, stream, version.
"use strict";

const { appendFileSync, writeFileSync } = require("node:fs");
const { EventLog, Subscription } = require("dynamodb-log");

const [file] = process.argv.slice(2);
const subscription = new Subscription({
  eventLog: new EventLog(),
  group: "counted",
  leaseDuration: 1500,
  idlePause: 20,
  handlers: ({ id, version }) => appendFileSync(file, `${process.hrtime.bigint()} ${id} ${version}\n`),
});
process.on("SIGTERM", () => subscription.stop());
writeFileSync(`${file}.ready`, "");
subscription.run().catch((error) => {
  console.error(error);
  process.exit(1);
});
