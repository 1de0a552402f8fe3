// The types of events. A program describes the events of its logs, and everything else follows:
//
//   type UserEvent =
//     | { type: "signup"; payload: { name: string; email: string } }
//     | { type: "addPhoneNumber"; payload: { phoneNumber: string } };
//   const log = new EventLog<{ users: UserEvent }>();
//   for await (const event of log.read("users", "42")) {
//     if (event.type === "signup") event.payload.name; // a string
//   }

/** What a program says of an event: its type, and its payload and metadata if it has any. */
export interface EventShape {
  type: string;
  payload?: object;
  metadata?: object;
}

/** The events of each log, by the log's name: a union that `type` discriminates. */
export type Logs = { [log: string]: EventShape };

/** The logs of a program that does not describe its events. */
export interface AnyEvent {
  type: string;
  payload?: any;
  metadata?: { [name: string]: unknown };
}

type PayloadOf<E> = E extends { payload: infer P } ? P : E extends { payload?: infer P } ? P : unknown;
type MetadataOf<E> = E extends { metadata?: infer M } ? M : { [name: string]: unknown };

/** An event to append. */
export type NewEvent<E extends EventShape = AnyEvent> = E extends EventShape
  ? {
      /** Not empty; types that begin with "$" are the log's own. */
      type: E["type"];
      /**
       * A UUID. Pass your own to make it safe to append the same events again. Default: a new one.
       */
      eventId?: string;
      /**
       * Correlation, causation and whatever else. `schemaVersion` is that of the payload, set by
       * the upcasters.
       */
      metadata?: MetadataOf<E>;
      /**
       * When DynamoDB may remove the event: seconds since the epoch. See the limits in
       * docs/event-log.md.
       */
      ttl?: number;
    } & (E extends { payload: infer P }
      ? {
          /** An object; `id`, the stream's id, is added if it is absent. */
          payload: P extends { id: string } ? Omit<P, "id"> & { id?: string } : P;
        }
      : { payload?: PayloadOf<E> })
  : never;

interface Recorded<L> {
  log: L;
  /** The stream's id. */
  id: string;
  /** Its number in the stream: 1, 2, 3 … */
  version: number;
  /** Absent if another program wrote the event without one. */
  eventId?: string;
  /**
   * ISO 8601, by the clock of who appended it. Absent if another program wrote the event without
   * one.
   */
  createdAt?: string;
  /** Seconds since the epoch. */
  ttl?: number;
}

/** An event of the log. */
export type LogEvent<E extends EventShape = AnyEvent, L = string> = E extends EventShape
  ? Recorded<L> & {
      type: E["type"];
      payload: PayloadOf<E> & { id: string };
      metadata?: MetadataOf<E> & { schemaVersion?: number };
    }
  : never;

/** What closes a stream: the last event of a deleted one. */
export type Tombstone<L = string> = Recorded<L> & {
  type: "$deleted";
  payload: { id: string };
  metadata?: { [name: string]: unknown };
};

/** What a read returns: events, and perhaps a tombstone as the last one. */
export type ReadEvent<E extends EventShape = AnyEvent, L = string> = LogEvent<E, L> | Tombstone<L>;

/**
 * The version that a writer expects: that of the stream's last event (0: "noStream"), or one of
 * these.
 */
export type Expected = number | "any" | "noStream" | "streamExists";
