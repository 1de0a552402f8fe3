// A consumer of the group "counted" that writes a line for each event it has handled: `node subscriber.mjs FILE`. SIGTERM
// stops it.
import { appendFileSync } from "node:fs";
import { EventLog, Subscription } from "dynamodb-log";

const [file] = process.argv.slice(2);
const subscription = new Subscription({
  eventLog: new EventLog(),
  group: "counted",
  leaseDuration: 1500,
  idlePause: 20,
  handlers: ({ id, version }) => appendFileSync(file, `${process.hrtime.bigint()} ${id} ${version}\n`),
});
process.on("SIGTERM", () => subscription.stop());
await subscription.run();
