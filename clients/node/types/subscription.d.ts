// Subscriptions: every event of the log to handlers, at least once, each stream in order.

import type { AnyEvent, Logs, ReadEvent } from "./events.js";
import type { EventLog } from "./index.js";

export interface Delivery {
  /** 1, 2, 3 …: how often the handler was called with the event, since this consumer has it. */
  attempt: number;
}

type EventOf<L extends Logs> = { [K in keyof L & string]: ReadEvent<L[K], K> }[keyof L & string];

/**
 * By event type; "*" gets the events of all other types. A type without a handler is passed over.
 */
export type Handlers<L extends Logs> = {
  [T in EventOf<L>["type"] | "*"]?: (
    event: T extends "*" ? EventOf<L> : Extract<EventOf<L>, { type: T }>,
    delivery: Delivery,
  ) => unknown;
};

export interface SubscriptionOptions<L extends Logs> {
  eventLog: EventLog<L>;
  /** Consumers with the same group share the events. */
  group: string;
  /** What they return is awaited. What they throw makes the event be delivered again, or parked. */
  handlers: Handlers<L> | ((event: EventOf<L>, delivery: Delivery) => unknown);
  /** Only these logs. Default: all. */
  logs?: (keyof L & string)[];
  /** What a new group begins with. Default: "beginning", all events of the table. */
  from?: "beginning" | "now";
  /** This consumer's name, unique in the group. Default: a UUID. */
  consumer?: string;
  /** Where the group's state is. Default: the event log's readModelTable. */
  table?: string;
  /** How often a handler gets an event before it is parked. Default: 5. */
  attempts?: number;
  /** How many streams are delivered at the same time. Default: 1, one event after another. */
  concurrency?: number;
  /**
   * After how many ms without a sign of life a consumer's shards are taken over. Default: 10,000.
   */
  leaseDuration?: number;
  /** ms between looks at a shard without new events. Default: 200. */
  idlePause?: number;
  /** Gets a line when an event is parked, or a service is waited for. Default: console.warn. */
  notice?(line: string): void;
}

/** An event that was not handled in all attempts, or waits behind one. */
export interface ParkedEvent {
  log: string;
  id: string;
  version: number;
  type?: string;
  /** With its stack. */
  error: string;
  attempts: number;
  /** ISO 8601. */
  parkedAt: string;
}

/**
 * A consumer of a group. It catches up from the table, then follows the table's stream. The group's
 * state (positions, leases, parked events) is in the read-model table.
 */
export class Subscription<L extends Logs = { [log: string]: AnyEvent }> {
  constructor(options: SubscriptionOptions<L>);

  /**
   * Runs until stop(). Waits while the services do not answer. Rejects with errors that do not pass
   * (no access, no such table), and with ConfigurationError if the table has no stream.
   */
  run(): Promise<void>;

  /** Lets the running handlers end, saves the position, gives back the shards. */
  stop(): Promise<void>;

  /** The group's parked events, each stream in order. */
  parked(): AsyncGenerator<ParkedEvent>;

  /**
   * Calls the handlers with the parked events once more, in order; a stream ends at its first
   * failure. `missing`: events that have expired. Any consumer of the group can do it, running or
   * not.
   */
  retryParked(): Promise<{ handled: number; failed: number; missing: { log: string; id: string; version: number }[] }>;
}
