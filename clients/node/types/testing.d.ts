// dynamodb-log/testing: the offline cloud for tests that need not wait. docs/testing.md has the routes behind it.

import type { AnyEvent, Expected, Logs, NewEvent, ReadEvent } from "./events.js";
import type { AppendResult, EventLog, EventLogOptions, ReadOptions } from "./index.js";
import type { Transport } from "./transport.js";

export interface StartOptions {
  /** A SAM or CloudFormation template, or a serverless.yml. Default: the built-in application. */
  template?: string;
  /** Default: true, everything is lost at the end. */
  inMemory?: boolean;
  /** A data directory instead. */
  data?: string;
  /** Default: "local". */
  stage?: string;
  /** Default: any port that is free. */
  port?: number;
  /** More arguments of `dynamodb-log offline`. */
  args?: string[];
  /** The program. Default: $DYNAMODB_LOG, or `dynamodb-log` on the PATH. */
  program?: string;
  /** Its working directory, and what is added to its environment. */
  cwd?: string;
  env?: { [name: string]: string };
  /** Options of `eventLog`: upcasters, a codec. */
  eventLog?: Omit<EventLogOptions, "transport" | "client" | "stage">;
}

/** Work that was given up, as GET /_local/failures/ID shows it. */
export interface Failure {
  id: string;
  /** "TypeError: …" */
  errorLine: string;
  error: { errorType?: string; errorMessage?: string; stackTrace?: string[]; trace?: string[] } | null;
  /** What the function printed in its last attempt. */
  log: string;
  payload: unknown;
  attemptCount: number;
  [member: string]: unknown;
}

export interface Settled {
  settled: true;
  /** By how many ms the clock was moved. */
  advanced: number;
  /** What was done since the last settle(). */
  counts: { events: number; deliveries: number; invocations: number; retries: number };
  failures: Failure[];
  lastFailure: string;
}

export interface SettleOptions {
  /** ms of real time, default 30,000. */
  timeout?: number;
  /**
   * Whether the clock moves over delays, and by how many ms at most. Default: true, at most 15
   * minutes.
   */
  advance?: boolean | number;
  /** First waits until the log has this version of the stream. */
  until?: { stream: string; version: number; table?: string };
  /** Tells of the failures after this one. */
  since?: string;
  /** Default: false, settle() rejects with HandlersFailed. */
  allowFailures?: boolean;
}

/** Something is not at rest in time. */
export class NotSettled extends Error {
  waitsFor: string[];
  failures: Failure[];
}

/** Handlers have failed. The message has their errors, stacks and log lines. */
export class HandlersFailed extends Error {
  failures: Failure[];
}

export interface Expectation {
  /**
   * Once everything has followed: the read model (default `<log>#<id>`) has these values, and may
   * have others. Returns it.
   */
  thenReadModel(values: { [name: string]: unknown }, key?: string): Promise<{ [name: string]: unknown }>;
  /** Once everything has followed: a handler has failed with this message. */
  thenFails(message: string | RegExp): Promise<Failure[]>;
}

export interface Scenario<E extends AnyEvent> {
  when(events: NewEvent<E> | NewEvent<E>[]): Expectation;
}

/** A running offline cloud. It ends with the test's process at the latest. */
export class LocalCloud<L extends Logs = { [log: string]: AnyEvent }> {
  static start<L extends Logs = { [log: string]: AnyEvent }>(options?: StartOptions): Promise<LocalCloud<L>>;
  readonly url: string;
  /** What other programs need to find the cloud: AWS_ENDPOINT_URL and so on. */
  readonly env: { [name: string]: string };
  readonly transport: Transport;
  readonly eventLog: EventLog<L>;

  /** Default of `expected`: "any". */
  append<K extends keyof L & string>(
    log: K,
    id: string,
    events: NewEvent<L[K]> | NewEvent<L[K]>[],
    expected?: Expected,
  ): Promise<AppendResult>;
  /** All events that the options select. */
  read<K extends keyof L & string>(log: K, id: string, options?: ReadOptions): Promise<ReadEvent<L[K], K>[]>;
  /** An item's values; null if there is none. Default: sk = pk, in the table of the read models. */
  item(pk: string, sk?: string, table?: string): Promise<{ [name: string]: unknown } | null>;
  /**
   * Resolves when everything that follows from the events is done. Rejects with HandlersFailed and
   * NotSettled.
   */
  settle(options?: SettleOptions): Promise<Settled>;
  /** Back to the start, or to a checkpoint, in milliseconds. Functions' processes stay. */
  reset(options?: { checkpoint?: string; grace?: number; confirm?: "data" }): Promise<{ run: string }>;
  /** Names the state, for reset(). */
  checkpoint(name: string): Promise<object>;
  /** What time it is for the cloud; or moves, sets, freezes the clock. */
  clock(request?: {
    move?: number;
    set?: string;
    real?: true;
    freeze?: boolean;
    settle?: boolean;
  }): Promise<{ now: string; frozen: boolean; offset: number }>;
  /** The failures that the cloud keeps, the latest first. */
  failures(): Promise<Failure[]>;
  /** A test as a sentence: given(…).when(…).thenReadModel(…). The stream must not exist. */
  given<K extends keyof L & string>(
    log: K,
    id: string,
    events?: NewEvent<L[K]> | NewEvent<L[K]>[],
  ): Scenario<L[K] & AnyEvent>;
  /** The last lines that the cloud and its functions have printed. */
  output(): string;
  /** Stops the cloud, and waits for its end. */
  stop(): Promise<void>;
}

/**
 * Starts a cloud on a port that is free, and waits until it answers. Rejects with its output if it
 * ends.
 */
export function start<L extends Logs = { [log: string]: AnyEvent }>(options?: StartOptions): Promise<LocalCloud<L>>;

export interface UseCloudOptions extends StartOptions {
  /** Called once; what it has left is there at the beginning of each test. */
  prepare?(cloud: LocalCloud): Promise<unknown> | unknown;
}

/**
 * A cloud that is started before the first test, reset before each, and stopped after the last. For
 * any framework.
 */
export function useCloudWith<L extends Logs = { [log: string]: AnyEvent }>(
  hooks: {
    beforeAll(hook: () => Promise<unknown>): unknown;
    beforeEach(hook: () => Promise<unknown>): unknown;
    afterAll(hook: () => Promise<unknown> | undefined): unknown;
  },
  options?: UseCloudOptions,
): LocalCloud<L>;
