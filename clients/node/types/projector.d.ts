// Read models from the events of one log.

import type { AnyEvent, EventShape, LogEvent } from "./events.js";
import type { EventLog } from "./index.js";

/**
 * Other items of a stream's read model. They are written together with the main one. One event reads
 * or changes 99 of them at most.
 */
export interface ReadModelItems {
  /** The item's values, which may be changed; null if it does not exist. */
  get(pk: string, sk?: string): Promise<{ [name: string]: any } | null>;
  /** The item's values, which may be changed; a new item if it does not exist. */
  upsert(pk: string, sk?: string): Promise<{ [name: string]: any }>;
  delete(pk: string, sk?: string): Promise<void>;
}

/**
 * By event type: how an event changes the read model's values, in place. Depends on its arguments
 * alone, because it may be called again. What it throws ends the projection at that event.
 */
export type Appliers<E extends EventShape, M, L = string> = {
  [T in E["type"]]?: (
    event: Extract<LogEvent<E, L>, { type: T }>,
    model: M,
    items: ReadModelItems,
  ) => void | Promise<void> | unknown;
};

export interface ProjectorOptions<E extends EventShape, M, L extends string> {
  eventLog: EventLog<any>;
  /** The log's name: "users". */
  log: L;
  /** The read models' `type`: "user". */
  type: string;
  /** Events of other types only advance the version, with a notice. */
  apply: Appliers<E, M, L>;
  /** Default: the event log's readModelTable. */
  table?: string;
  /** Not empty: the read models' keys begin with it, `<generation>/`. */
  generation?: string;
  /** How often it begins again if other handlers write the same read model. Default: 10. */
  attempts?: number;
  /** Gets a line for a gap, and for an unknown event type. Default: console.warn. */
  notice?(line: string): void;
}

/** A read model as it is stored, with `type`, `id` and `version`. */
export type Stored<M> = M & { type: string; id: string; version: number };

/**
 * Builds read models: one item of each stream, pk = sk = `<log>#<id>`, with the `version` of the
 * last event in it. An event is only a hint that there may be work, so events may arrive in any
 * order and more than once. Everything is read consistently, and written on condition of the
 * version.
 */
export class Projector<E extends EventShape = AnyEvent, M = any, L extends string = string> {
  constructor(options: ProjectorOptions<E, M, L>);

  /**
   * Brings the read model of a stream up to date, unless it is at version `hint` or later already,
   * and returns its version. After a gap nothing is applied until it is closed. Rejects with what
   * an applier throws; the events before it are written.
   */
  project(id: string, hint?: number): Promise<number>;

  /**
   * The same for an event of the bus, as a function gets it. Throws InvalidEvent if it is anything
   * else.
   */
  handle(busEvent: { detail: { key: { pk: string; sk: number } } } | unknown): Promise<number>;

  /** The read model; null if there is none. Consistent. */
  get(id: string): Promise<Stored<M> | null>;

  /**
   * The read model, once it has seen that version. `timeout` in ms, default 5000. Rejects with
   * WaitTimeout.
   */
  waitFor(id: string, version: number, options?: { timeout?: number }): Promise<Stored<M>>;

  /**
   * Projects all streams of the log. Build a new generation with it while the old one serves: first
   * let the handlers project both, the new one first, because an event that is appended meanwhile is
   * theirs. `concurrency`: streams at the same time, default 8. `onProgress`: called after each
   * stream. `advanced`: the streams that were behind.
   */
  rebuild(options?: {
    concurrency?: number;
    onProgress?(done: { streams: number; advanced: number }): void;
  }): Promise<{ streams: number; advanced: number }>;

  /** Makes this projector's generation the current one of the log and type. */
  makeCurrent(): Promise<void>;

  /** The name of the current generation; "" if there never was another one. */
  currentGeneration(): Promise<string>;

  /** The read model of the current generation; null if there is none. Two consistent reads. */
  getCurrent(id: string): Promise<Stored<M> | null>;
}
