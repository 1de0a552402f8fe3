// Several writers of one stream, until each has appended its events: `node race-writer.mjs NAME WRITERS EVENTS`. Half of
// them append at any version, half at the exact version that they have read. A server that is away is waited for.
import { EventLog, NotReachable, VersionConflict } from "dynamodb-log";

const [name, writers, events] = process.argv.slice(2);
const count = Number(events);

async function untilAppended(append) {
  for (;;) {
    try {
      return await append();
    } catch (error) {
      if (!(error instanceof NotReachable) && !(error instanceof VersionConflict)) throw error;
    }
  }
}

async function write(writer) {
  const eventLog = new EventLog();
  for (let number = 0; number < count; number++) {
    const event = { type: "counted", eventId: `${name}/${writer}/${number}` };
    await untilAppended(async () => {
      const expected = writer % 2 === 0 ? "any" : await eventLog.version("race", "1");
      return eventLog.append("race", "1", event, expected);
    });
  }
}

await Promise.all(Array.from({ length: Number(writers) }, (_, writer) => write(writer)));
