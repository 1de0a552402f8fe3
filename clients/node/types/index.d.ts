// dynamodb-log: an event log on DynamoDB. docs/event-log.md has the semantics, limits and costs.

import type { AnyEvent, EventShape, Expected, LogEvent, Logs, NewEvent, ReadEvent } from "./events.js";
import type { Environment, Transport } from "./transport.js";

export * from "./errors.js";
export * from "./events.js";
export * from "./projector.js";
export * from "./subscription.js";
export * from "./transport.js";

/** A number with all its digits. DynamoDB's have up to 38, JavaScript's about 16. */
export class Decimal {
  /** Throws InvalidArgument for more than 38 digits, or a size that DynamoDB does not have. */
  constructor(value: string | number | bigint | Decimal);
  /** The number as it was written. */
  toString(): string;
  /** A string, because a JSON number would lose digits where it is read. */
  toJSON(): string;
  /** The nearest JavaScript number. */
  toNumber(): number;
  /** Whether both are the same number: 1.50 equals 1.5. */
  equals(other: string | number | bigint | Decimal): boolean;
}

/** What payloads go through on their way to the table and back: compression, encryption. */
export interface Codec {
  /** Returns what is stored instead of the payload: an object, to which `id` is added. */
  encode(payload: object, event: { log: string; id: string; type: string }): object | Promise<object>;
  /**
   * Gets what is stored, also of events that were written without the codec, and returns the
   * payload.
   */
  decode(
    stored: { [name: string]: unknown },
    event: { log: string; id: string; type: string },
  ): object | Promise<object>;
}

/** Makes a payload of the next schema version. */
export type Upcaster = (payload: any, event: LogEvent) => object | Promise<object>;

export interface EventLogOptions {
  /** Begins the tables' names: `<stage>-dynamodb-logs`, `<stage>-core`. Default: "local". */
  stage?: string;
  /** The log table's name, if it is another one. */
  table?: string;
  /**
   * The name of the table with read models, snapshots and the state of subscriptions, if it is
   * another one.
   */
  readModelTable?: string;
  /** Default: connect({ stage }), with the default stage unless `table` is given. */
  transport?: Transport;
  /** Instead of a transport: a DynamoDBClient of the AWS SDK v3. */
  client?: object;
  /** By event type: the upcasters from schema version 1 to 2, from 2 to 3 … */
  upcasters?: { [type: string]: Upcaster[] };
  codec?: Codec;
  /**
   * How numbers are read. "exact" (default): a number if JavaScript can hold exactly that, or else
   * a Decimal. "bigint": the same, but whole numbers beyond 2^53 become a bigint. "decimal": always
   * a Decimal.
   */
  numbers?: "exact" | "bigint" | "decimal";
  environment?: Partial<Environment>;
}

export interface AppendResult {
  /** Of the last event. */
  version: number;
  events: { version: number; eventId: string }[];
  /**
   * False: the same event ids were in the stream already, from an earlier call. (Or from a lost
   * attempt of this one, if the caller chose the ids.)
   */
  appended: boolean;
}

/** One stream's part of appendTransaction(). */
export type StreamAppend<L extends Logs> = {
  [K in keyof L & string]: { log: K; id: string; events: NewEvent<L[K]> | NewEvent<L[K]>[]; expected: Expected };
}[keyof L & string];

export interface ReadOptions {
  /** The version to begin with. Default: 1, or the last one if the direction is "backward". */
  from?: number;
  /** The version to end with. Default: the last one, or 1. */
  to?: number;
  /** At most so many events. */
  limit?: number;
  direction?: "forward" | "backward";
  /** Default: true. False costs half, and may lack the newest events. */
  consistent?: boolean;
}

export interface StreamName<L = string> {
  log: L;
  id: string;
  /** Of the last event. */
  version: number;
  deleted: boolean;
}

export interface SnapshotOptions {
  /** Default: "state". */
  name?: string;
  /**
   * Change it whenever evolve() or the shape of the state changes: snapshots of other code are
   * ignored.
   */
  code: string;
  /** Events from one snapshot to the next. Default: 100. */
  every?: number;
  /**
   * Gets a line if a snapshot could not be saved; the events are appended nevertheless. Default:
   * console.warn.
   */
  notice?(line: string): void;
}

export interface DecideOptions<S, E extends EventShape, L = string> {
  /** The state of a stream without events, or a function that makes it. */
  initial: S | (() => S);
  /** The state after an event. */
  evolve(state: S, event: LogEvent<E, L>): S;
  /**
   * The events that follow from the state: one, several, or none. Called again after a conflict.
   */
  decide(
    state: S,
    stream: { log: L; id: string; version: number },
  ):
    | NewEvent<E>
    | NewEvent<E>[]
    | null
    | undefined
    | void
    | Promise<NewEvent<E> | NewEvent<E>[] | null | undefined | void>;
  /** How often it is decided again after a conflict. Default: 10. */
  retries?: number;
  /**
   * The version that the caller has seen. If the stream has another one: VersionConflict, without a
   * retry.
   */
  expectedVersion?: number;
  snapshot?: SnapshotOptions;
}

export interface DecideResult<S> {
  /** After the new events. */
  state: S;
  version: number;
  events: { version: number; eventId: string }[];
  /** False: there was nothing to append, or it was there already. */
  appended: boolean;
}

/**
 * The event log of one table. All methods may be called at the same time. They reject with
 * InvalidArgument (nothing was sent), ServiceError, NotReachable and ConfigurationError, and with
 * what they name.
 */
export class EventLog<L extends Logs = { [log: string]: AnyEvent }> {
  constructor(options?: EventLogOptions);

  /**
   * The log that a function's environment names: the tables LOG_TABLE and CORE_TABLE, or those of
   * the stage STAGE; without any, of the stage "local". The options come before the environment.
   */
  static ofEnvironment<L extends Logs = { [log: string]: AnyEvent }>(options?: EventLogOptions): EventLog<L>;

  readonly transport: Transport;
  readonly table: string;
  readonly readModelTable: string;

  /**
   * Appends 1 to 100 events to a stream, all or none.
   *
   * - A version, or "noStream": they follow that version, or VersionConflict. The same event ids
   *   there already: success.
   * - "any", "streamExists": they follow the last event. Lost races are run again, up to 20 times.
   *   If the caller chose the event ids, they are looked for among the stream's last 100 events:
   *   all of them, in order: success; some of them: EventIdConflict.
   *
   * Rejects with StreamDeleted, too.
   */
  append<K extends keyof L & string>(
    log: K,
    id: string,
    events: NewEvent<L[K]> | NewEvent<L[K]>[],
    expected: Expected,
  ): Promise<AppendResult>;

  /**
   * Appends to several streams, all or none: at most 100 events and checks in all. An error names
   * the stream.
   */
  appendTransaction(appends: StreamAppend<L>[]): Promise<(AppendResult & { log: keyof L & string; id: string })[]>;

  /**
   * Appends a tombstone: nothing can be appended to the stream afterwards, its events can still be
   * read. Default of `expected`: "streamExists". Rejects with VersionConflict and StreamDeleted.
   */
  deleteStream(log: keyof L & string, id: string, expected?: Expected): Promise<{ version: number }>;

  /**
   * The events of a stream, read as they are needed. Throws InvalidEvent for an item that is none.
   */
  read<K extends keyof L & string>(log: K, id: string, options?: ReadOptions): AsyncGenerator<ReadEvent<L[K], K>>;

  /**
   * One page of events, at most `limit` (default 100) and 1 MB. `cursor`: pass it to get the next
   * page; absent at the end.
   */
  readPage<K extends keyof L & string>(
    log: K,
    id: string,
    options?: ReadOptions & { cursor?: number },
  ): Promise<{ events: ReadEvent<L[K], K>[]; cursor?: number }>;

  /** The version of the last event; 0 if the stream does not exist. */
  version(log: keyof L & string, id: string): Promise<number>;

  /** Whether the stream has events, and was not deleted. */
  exists(log: keyof L & string, id: string): Promise<boolean>;

  /**
   * All events of a log, or of all: each stream in order, the streams in any order. Reads the whole
   * table. `segments`: so many scans at the same time (default 1).
   */
  readAll<K extends keyof L & string>(options?: {
    log?: K;
    segments?: number;
    consistent?: boolean;
  }): AsyncGenerator<{ [N in K]: ReadEvent<L[N], N> }[K]>;

  /** All streams of a log, or of all. Reads the whole table. */
  streams<K extends keyof L & string>(log?: K): AsyncGenerator<StreamName<K>>;

  /** The names of all logs. Reads the whole table. */
  logs(): AsyncGenerator<keyof L & string>;

  /**
   * Loads a stream's state, decides which events follow, and appends them; again if another writer
   * was faster. Rejects with VersionConflict after all retries, with StreamDeleted, and with what
   * evolve() and decide() throw.
   */
  decide<S, K extends keyof L & string>(
    log: K,
    id: string,
    options: DecideOptions<S, L[K], K>,
  ): Promise<DecideResult<S>>;

  /** The event that an item of the log table is, decoded and upcast. Throws InvalidEvent. */
  eventFromItem(item: object): Promise<ReadEvent<L[keyof L & string], keyof L & string>>;

  /** An item's attributes (as the AWS SDK has them) as JavaScript values. */
  valuesOf(item: object): { [name: string]: unknown };

  /**
   * Forgets which versions exist. The log assumes that an event that it has seen is never removed,
   * except by its ttl: so call this after a test has emptied the table.
   */
  forgetVersions(): void;

  /** Closes idle connections. */
  close(): void;
}

/**
 * The time of day. If the environment names an endpoint (AWS_ENDPOINT_URL, or
 * AWS_ENDPOINT_URL_DYNAMODB) that is an offline cloud, one request asks it: its clock can be moved,
 * set and frozen. Otherwise this is the machine's time. Rejects with NotReachable if nothing answers
 * there, and with ServiceError if the cloud refuses the credentials. `env`: default process.env.
 */
export function now(options?: { env?: { [name: string]: string | undefined } }): Promise<Date>;

/** "users#42#stream". Throws InvalidArgument. */
export function streamKey(log: string, id: string): string;
/** null if it is no stream's key. */
export function parseStreamKey(key: unknown): { log: string; id: string } | null;
/** "local-dynamodb-logs" */
export function logTableName(stage: string): string;
/** "local-core" */
export function readModelTableName(stage: string): string;
/** The type of tombstones. */
export const deletedType: "$deleted";
export const limits: {
  readonly eventsPerAppend: 100;
  readonly eventBytes: 409600;
  readonly transactionBytes: 4194304;
  readonly keyBytes: 2048;
  readonly sortKeyBytes: 1024;
  readonly depth: 32;
  readonly digits: 38;
  readonly version: number;
  readonly lookBack: 100;
};
