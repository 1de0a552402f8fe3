// Snapshots of a stream's state, so that not all of its events are read each time:
//
//   pk <log>#<id>#snapshot   sk the snapshot's name   version N   code S   state M (or any other type)
//
// A snapshot that other code has made is ignored. A stale one costs only the events after it.
"use strict";

const { InvalidArgument, ServiceError } = require("./errors.js");
const { marshal, unmarshal } = require("./attribute-values.js");
const { numberReaders } = require("./decimal.js");
const { itemSize } = require("./item-size.js");
const { checkText } = require("./names.js");
const limits = require("./limits.js");

class Snapshots {
  #eventLog;
  #key;
  #code;
  #every;
  #notice;
  #loaded = 0;

  /**
   * `code`: changes whenever evolve or the state's shape does. `every`: events from one snapshot to
   * the next.
   */
  constructor(eventLog, log, id, { name = "state", code, every = 100, notice = console.warn }) {
    checkText(name, "the snapshot's name", "snapshot");
    checkText(code, "the snapshot's code version", "snapshot");
    if (!Number.isSafeInteger(every) || every < 1)
      throw new InvalidArgument("every must be a whole number from 1 on", "snapshot");
    this.#eventLog = eventLog;
    this.#key = { pk: { S: `${log}#${id}#snapshot` }, sk: { S: name } };
    this.#code = code;
    this.#every = every;
    this.#notice = notice;
  }

  /** {version, state}, or null. Not read consistently: what it lacks is read from the stream. */
  async load() {
    const request = { TableName: this.#eventLog.readModelTable, Key: this.#key };
    const { Item } = await this.#eventLog.transport.call("dynamodb", "GetItem", request);
    if (!Item || Item.code?.S !== this.#code) return null;
    this.#loaded = Number(Item.version.N);
    return { version: this.#loaded, state: unmarshal(Item.state, numberReaders.exact) };
  }

  /**
   * Saves the state if it is `every` events later than the last one. A failure is only noticed: the
   * events are safe.
   */
  async save({ version, state }) {
    if (version - this.#loaded < this.#every) return;
    try {
      const Item = { ...this.#key, version: { N: String(version) }, code: { S: this.#code }, state: marshal(state, 2) };
      if (itemSize(Item) > limits.eventBytes) throw new InvalidArgument("it is larger than 400 KB", "eventBytes");
      await this.#eventLog.transport.call("dynamodb", "PutItem", {
        TableName: this.#eventLog.readModelTable,
        Item,
        ConditionExpression: "attribute_not_exists(pk) OR #code <> :code OR #version < :version",
        ExpressionAttributeNames: { "#code": "code", "#version": "version" },
        ExpressionAttributeValues: { ":code": Item.code, ":version": Item.version },
      });
    } catch (error) {
      if (error instanceof ServiceError && error.type === "ConditionalCheckFailedException") return;
      this.#notice(`The snapshot ${this.#key.pk.S} was not saved: ${error.message}`);
    }
  }
}

module.exports = { Snapshots };
