// A log with a stream, and consumers of it whose time is simulated.
import { EventLog, NotReachable, Subscription } from "dynamodb-log";
import { SimulatedTime } from "./simulated-time.mjs";
import { stageOf, transport } from "./tables.mjs";

/** A log of its own with a stream, and consumers whose time is simulated. */
export async function made(t) {
  const stage = await stageOf(t, { stream: true });
  const time = new SimulatedTime(transport);
  const writer = new EventLog({ stage, transport });
  const seen = {}; // by stream: versions, in the order of delivery
  const notices = [];
  const record = (event) => (seen[event.id] ??= []).push(event.version);
  const consumers = [];
  t.after(async () => {
    let left = consumers.length;
    for (const one of consumers)
      one
        .stop()
        .catch(() => {})
        .finally(() => (left -= 1));
    await time.until(() => left === 0);
  });
  return {
    stage,
    time,
    writer,
    seen,
    notices,
    record,
    append: (id, count = 1, type = "happened") =>
      writer.append(
        "things",
        id,
        Array.from({ length: count }, () => ({ type })),
        "any",
      ),
    consume(options = {}) {
      const eventLog = new EventLog({ stage, transport: options.transport ?? time.transport, environment: time });
      const subscription = new Subscription({
        eventLog,
        group: "g",
        handlers: record,
        notice: (line) => notices.push(line),
        ...options,
      });
      consumers.push(subscription);
      subscription.run().catch(() => {}); // a test that expects an error looks at run() itself
      return subscription;
    },
    until: (check) => time.until(check),
    saw: (id, to) => time.until(() => (seen[id]?.length ?? 0) >= to),
  };
}

/**
 * A transport that can lose its connection: what a consumer that was killed, or a server that is
 * away, looks like.
 */
export function disconnectable(time) {
  let isConnected = true;
  return {
    disconnect: () => (isConnected = false),
    connect: () => (isConnected = true),
    isConnected: () => isConnected,
    transport: time.wrap({
      call: (...call) => (isConnected ? transport.call(...call) : Promise.reject(new NotReachable("no connection"))),
    }),
  };
}

/**
 * A transport that can be held: what a consumer whose machine sleeps looks like. Its calls, and
 * whoever awaits `passage()`, wait until it is let go; time passes meanwhile.
 */
export function holdable(wire) {
  let held = Promise.resolve();
  let letGo = () => {};
  return {
    hold: () => (held = new Promise((resolve) => (letGo = resolve))),
    letGo: () => letGo(),
    passage: () => held,
    transport: {
      async call(...call) {
        await held;
        return wire.call(...call);
      },
    },
  };
}

/** A transport to a table's stream that can forget its records, as the stream does after 24 hours. */
export function forgetful(wire, stage) {
  const forgotten = new Set(); // sequence numbers
  const isKept = ({ dynamodb }) => !forgotten.has(dynamodb.SequenceNumber);
  return {
    /** Forgets all records that are there. */
    async forget() {
      for await (const record of recordsOf(wire, stage)) forgotten.add(record.dynamodb.SequenceNumber);
    },
    async call(service, operation, request) {
      const answer = await wire.call(service, operation, request);
      return operation === "GetRecords" ? { ...answer, Records: answer.Records.filter(isKept) } : answer;
    },
  };
}

async function* recordsOf(wire, stage) {
  const { Table } = await wire.call("dynamodb", "DescribeTable", { TableName: `${stage}-dynamodb-logs` });
  const StreamArn = Table.LatestStreamArn;
  const { StreamDescription } = await wire.call("streams", "DescribeStream", { StreamArn });
  for (const { ShardId } of StreamDescription.Shards) {
    const from = { StreamArn, ShardId, ShardIteratorType: "TRIM_HORIZON" };
    const { ShardIterator } = await wire.call("streams", "GetShardIterator", from);
    yield* (await wire.call("streams", "GetRecords", { ShardIterator })).Records;
  }
}

/** Lets time pass until the group follows the stream, and reads its shards. */
export async function following(time, stage) {
  const request = { TableName: `${stage}-core`, Key: { pk: { S: "subscription#g" }, sk: { S: "group" } } };
  await time.until(async () => (await transport.call("dynamodb", "GetItem", request)).Item?.state.S === "following");
  await time.rest();
}
