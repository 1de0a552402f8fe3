// What the types promise, checked by tsc: this file is compiled, not run. An error that is expected and does not come
// is an error, too.
import { Decimal, EventLog, Projector, Subscription, VersionConflict, connect, streamKey } from "dynamodb-log";
import type { AppendResult, LogEvent } from "dynamodb-log";
import { start } from "dynamodb-log/testing";
import { useCloud } from "dynamodb-log/testing/node-test";
import { createTrigger, handler } from "dynamodb-log/trigger";

type UserEvent =
  | { type: "signup"; payload: { name: string; email: string } }
  | { type: "addPhoneNumber"; payload: { phoneNumber: string } }
  | { type: "left" };
type OrderEvent = { type: "placed"; payload: { amount: Decimal; id: string }; metadata: { correlationId: string } };

const log = new EventLog<{ users: UserEvent; orders: OrderEvent }>({
  transport: connect({ endpoint: "http://localhost:8000" }),
});

export async function appends(): Promise<AppendResult> {
  await log.append("users", "42", { type: "signup", payload: { name: "Ada", email: "ada@localhost" } }, "noStream");
  await log.append("users", "42", [{ type: "left" }, { type: "addPhoneNumber", payload: { phoneNumber: "+46" } }], 1);
  await log.append(
    "orders",
    "1",
    { type: "placed", payload: { amount: new Decimal("1.50") }, metadata: { correlationId: "c" } },
    "any",
  );
  // @ts-expect-error: a log that the program does not have
  await log.append("cars", "1", { type: "signup" }, "any");
  // @ts-expect-error: an event of another log
  await log.append("users", "42", { type: "placed", payload: { amount: new Decimal(1) } }, "any");
  // @ts-expect-error: the payload of another event
  await log.append("users", "42", { type: "signup", payload: { phoneNumber: "+46" } }, "any");
  // @ts-expect-error: no payload
  await log.append("users", "42", { type: "signup" }, "any");
  // @ts-expect-error: no such expectation
  await log.append("users", "42", { type: "left" }, "none");
  await log.appendTransaction([
    { log: "users", id: "42", events: { type: "left" }, expected: "streamExists" },
    // @ts-expect-error: the event of another log
    { log: "orders", id: "1", events: { type: "left" }, expected: "any" },
  ]);
  return log.append("users", "42", { type: "left" }, "any");
}

export async function reads() {
  for await (const event of log.read("users", "42", { direction: "backward", limit: 2 })) {
    switch (event.type) {
      case "signup": {
        const name: string = event.payload.name;
        // @ts-expect-error: a signup has no phone number
        event.payload.phoneNumber;
        return name + event.payload.id;
      }
      case "addPhoneNumber":
        return event.payload.phoneNumber;
      case "left":
      case "$deleted":
        return event.version;
      default: {
        const nothingElse: never = event;
        return nothingElse;
      }
    }
  }
  for await (const event of log.readAll()) {
    if (event.log === "orders" && event.type === "placed") return event.payload.amount.toString();
  }
  const { events, cursor } = await log.readPage("orders", "1", { limit: 10 });
  return [events.length, cursor, streamKey("users", "42")];
}

export const decides = () =>
  log.decide("users", "42", {
    initial: () => ({ names: [] as string[] }),
    evolve: (state, event) => (event.type === "signup" ? { names: [...state.names, event.payload.name] } : state),
    decide: (state) => (state.names.length > 0 ? [] : { type: "signup", payload: { name: "Ada", email: "a@b" } }),
    snapshot: { code: "1" },
  });

interface User {
  name: string;
  phoneNumber?: string;
}

const users = new Projector<UserEvent, User, "users">({
  eventLog: log,
  log: "users",
  type: "user",
  apply: {
    signup: (event, user) => {
      user.name = event.payload.name;
      // @ts-expect-error: not of this event
      event.payload.phoneNumber;
    },
    addPhoneNumber: async (event, user, items) => {
      user.phoneNumber = event.payload.phoneNumber;
      (await items.upsert("phones", event.payload.phoneNumber)).id = event.id;
    },
    // @ts-expect-error: no such event
    placed: () => {},
  },
});

export async function projects() {
  await users.handle({ detail: { key: { pk: "users#42#stream", sk: 1 } } });
  const user = await users.waitFor("42", 1, { timeout: 1000 });
  const name: string = user.name;
  // @ts-expect-error: null if there is none
  (await users.get("42")).version;
  return name + user.version;
}

export const subscription = new Subscription({
  eventLog: log,
  group: "mails",
  logs: ["users"],
  handlers: {
    signup: async (event) => console.log(event.payload.email),
    "*": (event, { attempt }) => console.log(event.log, event.version, attempt),
    // @ts-expect-error: no such event
    unheardOf: () => {},
  },
});

export async function untyped() {
  const any = new EventLog({
    stage: "test",
    numbers: "bigint",
    upcasters: { signup: [(payload) => ({ ...payload, v: 2 })] },
  });
  await any.append("whatever", "1", { type: "happened", payload: { at: 1n } }, "any");
  for await (const event of any.read("whatever", "1")) console.log(event.payload.at, event.metadata?.schemaVersion);
  return new Projector({
    eventLog: any,
    log: "whatever",
    type: "x",
    apply: { happened: (_: LogEvent, model) => (model.n = 1) },
  });
}

export async function tests() {
  const cloud = await start<{ users: UserEvent }>({ template: "template.yaml", inMemory: true });
  await cloud.append("users", "42", { type: "left" });
  // @ts-expect-error: the event of another log
  await cloud.append("users", "42", { type: "placed" });
  const { counts, failures } = await cloud.settle({ until: { stream: "users#42", version: 1 } });
  await cloud.given("users", "1", { type: "left" }).when({ type: "left" }).thenReadModel({ name: "Ada" });
  const [event] = await useCloud<{ users: UserEvent }>().read("users", "42");
  return [counts.events, failures[0]?.errorLine, event?.type === "signup" && event.payload.email];
}

export function errors(error: unknown) {
  if (error instanceof VersionConflict) return error.current + 1;
  return [handler, createTrigger({ env: { EVENT_BUS_NAME: "b" } })];
}
