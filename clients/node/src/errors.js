// The library's errors. Each has its class's name as `name`, so that it can be told apart across
// module formats, too.
"use strict";

class EventLogError extends Error {
  constructor(message, options) {
    super(message, options);
    this.name = new.target.name;
  }
}

/**
 * The stream is not at the version that the writer expected: another writer was faster. Nothing was
 * appended.
 */
class VersionConflict extends EventLogError {
  constructor(log, id, expected, current) {
    super(`The stream ${log}#${id} is at version ${current}; expected: ${expected}.`);
    Object.assign(this, { log, id, expected, current });
  }
}

/** The stream was closed by deleteStream. `version`: of the tombstone. Nothing was appended. */
class StreamDeleted extends EventLogError {
  constructor(log, id, version) {
    super(`The stream ${log}#${id} was deleted at version ${version}; nothing can be appended to it.`);
    Object.assign(this, { log, id, version });
  }
}

/**
 * Some of the events' ids are in the stream already, but not all, or in another order. Nothing was
 * appended.
 */
class EventIdConflict extends EventLogError {
  constructor(log, id, eventIds) {
    super(`The stream ${log}#${id} has some of the appended event ids already: ${eventIds.join(", ")}.`);
    Object.assign(this, { log, id, eventIds });
  }
}

/**
 * An argument that no service accepts; nothing was sent. `limit`: which one it breaks (see
 * limits.js), if it breaks one.
 */
class InvalidArgument extends EventLogError {
  constructor(message, limit) {
    super(message);
    if (limit) this.limit = limit;
  }
}

/** An item of the log is not an event, or an event cannot be applied; the message says why. */
class InvalidEvent extends EventLogError {}

/**
 * A service returned an error. `type`: AWS's short name. `attempts`: how often the request was
 * sent.
 */
class ServiceError extends EventLogError {
  constructor({ type, message, status, attempts = 1, reasons, item, cause }) {
    super(message ? `${type}: ${message}` : type, cause && { cause });
    Object.assign(this, { type, status, attempts });
    if (reasons) this.reasons = reasons; // of a cancelled transaction: [{Code, Message, Item}]
    if (item) this.item = item; // what failed its condition, if the request asked for it
  }
}

/**
 * No answer came: nothing listens at the endpoint, or the connection broke. A write may have
 * happened or not.
 */
class NotReachable extends EventLogError {}

/** Endpoint, region or credentials are missing, or a package that is needed is not installed. */
class ConfigurationError extends EventLogError {}

/** The read model did not reach the version in time. */
class WaitTimeout extends EventLogError {
  constructor(key, version, current, milliseconds) {
    super(`The read model ${key} is at version ${current}, not at ${version}, after ${milliseconds} ms.`);
    Object.assign(this, { key, version, current });
  }
}

module.exports = {
  VersionConflict,
  StreamDeleted,
  EventIdConflict,
  InvalidArgument,
  InvalidEvent,
  ServiceError,
  NotReachable,
  ConfigurationError,
  WaitTimeout,
};
