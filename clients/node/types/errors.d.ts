// The library's errors. Each has its class's name as `name`.

import type { Expected } from "./events.js";

/**
 * The stream is not at the version that the writer expected: another writer was faster. Nothing was
 * appended.
 */
export class VersionConflict extends Error {
  log: string;
  id: string;
  expected: Expected;
  /** The version of the stream's last event; 0: the stream does not exist. */
  current: number;
}

/** The stream was closed by deleteStream(). Nothing was appended. */
export class StreamDeleted extends Error {
  log: string;
  id: string;
  /** That of the tombstone. */
  version: number;
}

/**
 * Some of the events' ids are in the stream already, but not all, or in another order. Nothing was
 * appended.
 */
export class EventIdConflict extends Error {
  log: string;
  id: string;
  eventIds: string[];
}

/** An argument that no service accepts. Nothing was sent. */
export class InvalidArgument extends Error {
  /** Which limit or argument: "eventBytes", "eventsPerAppend", "keyBytes", "log" … */
  limit?: string;
}

/** An item is not an event, newer code has written it, or it cannot be applied. */
export class InvalidEvent extends Error {}

/** A service returned an error. */
export class ServiceError extends Error {
  constructor(error: {
    type: string;
    message?: string;
    status: number;
    attempts?: number;
    reasons?: object[];
    item?: object;
    cause?: unknown;
  });
  /** AWS's short name: "ProvisionedThroughputExceededException". */
  type: string;
  /** Of HTTP. */
  status: number;
  /** How often the request was sent. If more than once, an earlier attempt may have succeeded. */
  attempts: number;
  /** Why a transaction was cancelled, for each of its actions. */
  reasons?: { Code?: string; Message?: string; Item?: object }[];
  /** What failed its condition, if the request asked for it. */
  item?: object;
}

/**
 * No answer came after all attempts. A write may have happened or not; append again with the same
 * event ids.
 */
export class NotReachable extends Error {}

/**
 * Endpoint, region or credentials are missing, a package is not installed, or a table has no
 * stream.
 */
export class ConfigurationError extends Error {}

/** The read model did not reach the version in time. */
export class WaitTimeout extends Error {
  /** The read model's key. */
  key: string;
  version: number;
  current: number;
}
