// Tables for the tests, and a transport that a test can disturb.
import { SdkTransport, connect } from "dynamodb-log";

/** THROUGH=sdk: through the AWS SDK. */
export const transport = process.env.THROUGH === "sdk" ? new SdkTransport() : connect();

/**
 * Creates a log table `<stage>-dynamodb-logs` and a read-model table `<stage>-core`. Returns the
 * function that deletes them.
 */
export async function createTables(stage, { stream = false } = {}) {
  const attribute = (name, type) => ({ AttributeName: name, AttributeType: type });
  const schema = [
    { AttributeName: "pk", KeyType: "HASH" },
    { AttributeName: "sk", KeyType: "RANGE" },
  ];
  const create = (TableName, sortKey, more = {}) =>
    transport.call("dynamodb", "CreateTable", {
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: schema,
      AttributeDefinitions: [attribute("pk", "S"), attribute("sk", sortKey)],
      ...more,
    });
  const StreamSpecification = { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" };
  await create(`${stage}-dynamodb-logs`, "N", stream ? { StreamSpecification } : {});
  await create(`${stage}-core`, "S");
  return async () => {
    for (const end of ["dynamodb-logs", "core"]) {
      await transport.call("dynamodb", "DeleteTable", { TableName: `${stage}-${end}` });
    }
  };
}

let stages = 0;

/** A stage of the test's own, whose tables are deleted when the test `t` is over. */
export async function stageOf(t, options) {
  const stage = `test-${process.pid}-${++stages}`;
  t.after(await createTables(stage, options));
  return stage;
}

/**
 * A transport that asks `disturb(operation, request, send)` first: what that returns (not
 * undefined) is the answer, and what it throws is thrown. `send` makes the real call.
 */
export function disturbed(disturb) {
  const calls = [];
  return {
    calls,
    async call(service, operation, request) {
      calls.push({ operation, request });
      const send = () => transport.call(service, operation, request);
      const answer = await disturb(operation, request, send);
      return answer === undefined ? send() : answer;
    },
  };
}

/** Time that passes only when somebody sleeps. */
export function testEnvironment(start = Date.parse("2026-01-01T00:00:00Z")) {
  let time = start;
  const slept = [];
  return {
    slept,
    now: () => time,
    steady: () => time,
    random: () => 0.5,
    sleep: async (milliseconds) => {
      slept.push(milliseconds);
      time += milliseconds;
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}
