// Runs the trigger's cases (clients/cases/README.md).
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { NotReachable } from "dynamodb-log";
import { createTrigger } from "dynamodb-log/trigger";
import { expand } from "./case-values.mjs";
import { testEnvironment } from "./tables.mjs";

const { cases } = JSON.parse(readFileSync(path.join(process.env.CASES, "trigger.json")));

/** A bus that answers as the case says. */
function busOf({ failures = 0, rejects, unreachable } = {}) {
  const taken = [];
  const calls = [];
  let left = failures;
  const answer = (entry) => {
    if (left-- > 0 || (rejects && entry.Detail.includes(rejects))) return { ErrorCode: "InternalFailure" };
    taken.push(entry);
    return { EventId: "1" };
  };
  return {
    taken,
    calls,
    call: async (service, operation, { Entries }) => {
      assert.deepEqual([service, operation], ["events", "PutEvents"]);
      calls.push(Entries.length);
      if (unreachable) throw new NotReachable("nothing listens");
      return { Entries: Entries.map(answer) };
    },
  };
}

for (const one of cases) {
  test(one.name, async () => {
    const bus = busOf(one.bus);
    const reports = [];
    const environment = testEnvironment();
    const run = async () => {
      const trigger = createTrigger({
        transport: bus,
        env: one.environment ?? {},
        environment,
        report: (line) => reports.push(line),
      });
      return trigger(expand(one.batch));
    };
    if (one.then.error) {
      await assert.rejects(run(), { name: one.then.error });
      return;
    }
    const seen = {
      answer: await run(),
      details: bus.taken.map((entry) => entry.Detail),
      entries: bus.taken,
      calls: bus.calls,
      reports: reports.length,
      pauses: environment.slept.length,
    };
    for (const [name, expected] of Object.entries(one.then)) assert.deepEqual(seen[name], expected, name);
  });
}
