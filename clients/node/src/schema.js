// What stands between an event as the application has it and as the table holds it: upcasters, which
// bring old events to the latest schema version of their type, and the codec of payloads.
//
// metadata.schemaVersion is the version of the payload's schema; without it, the version is 1.
"use strict";

const { InvalidArgument, InvalidEvent } = require("./errors.js");
const { isObject, withId } = require("./event-item.js");
const { deletedType } = require("./names.js");

const identity = { encode: (payload) => payload, decode: (payload) => payload };

function checkUpcasters(upcasters) {
  for (const [type, steps] of Object.entries(upcasters)) {
    if (!Array.isArray(steps) || steps.some((step) => typeof step !== "function")) {
      throw new InvalidArgument(
        `the upcasters of ${type} must be an array of functions: from 1 to 2, from 2 to 3, …`,
        "upcasters",
      );
    }
  }
}

class Schema {
  #upcasters;
  #codec;

  /**
   * `upcasters`: by type, an array of functions (payload, event) => payload; the first one makes
   * schema version 2 of 1. `codec`: {encode(payload, {log, id, type}), decode(stored, {log, id,
   * type})}; both may return a promise of an object.
   */
  constructor({ upcasters = {}, codec = identity }) {
    checkUpcasters(upcasters);
    this.#upcasters = new Map(Object.entries(upcasters));
    this.#codec = codec;
  }

  /** The payload and the metadata to store. */
  async toStored({ log, id }, event) {
    if (event.type === deletedType) return { payload: { id }, metadata: event.metadata };
    const latest = 1 + (this.#upcasters.get(event.type)?.length ?? 0);
    const encoded = await this.#codec.encode(withId(event.payload, id), { log, id, type: event.type });
    if (!isObject(encoded)) throw new InvalidArgument("the codec's encode must return an object", "codec");
    const metadata = latest > 1 ? { ...event.metadata, schemaVersion: latest } : event.metadata;
    return { payload: withId(encoded, id), metadata };
  }

  /**
   * The event as the application has it, or a promise of that. Throws InvalidEvent if newer code has
   * written it.
   */
  fromStored(stored) {
    const { id, type } = stored;
    if (type === deletedType) return { ...stored, payload: { id } }; // without a codec, in every language
    return this.#codec === identity && !this.#upcasters.has(type) ? stored : this.#decoded(stored);
  }

  async #decoded(stored) {
    const { log, id, type } = stored;
    const event = { ...stored, payload: await this.#codec.decode(stored.payload, { log, id, type }) };
    const steps = this.#upcasters.get(type);
    if (!steps) return event;
    const latest = steps.length + 1;
    const version = stored.metadata?.schemaVersion ?? 1;
    if (!Number.isInteger(version) || version < 1 || version > latest) {
      throw new InvalidEvent(
        `${log}#${id} version ${stored.version}: ${type} has schema version ${version}; this code knows 1 to ${latest}`,
      );
    }
    for (const step of steps.slice(version - 1)) event.payload = await step(event.payload, event);
    event.metadata = { ...event.metadata, schemaVersion: latest };
    return event;
  }
}

module.exports = { Schema };
