// given(events).when(event).thenReadModel(values): one test of an application, as a sentence.
"use strict";

const assert = require("node:assert/strict");

class Scenario {
  #cloud;
  #log;
  #id;
  #given;

  constructor(cloud, { log, id, events }) {
    this.#cloud = cloud;
    this.#log = log;
    this.#id = id;
    this.#given = [events].flat();
  }

  /** Appends the given events, lets everything follow from them, then appends these. */
  when(events) {
    const run = async () => {
      if (this.#given.length > 0) {
        await this.#cloud.append(this.#log, this.#id, this.#given, "noStream");
        await this.#cloud.settle();
      }
      await this.#cloud.append(this.#log, this.#id, events, this.#given.length);
    };
    return new Expectation(this.#cloud, { log: this.#log, id: this.#id, run });
  }
}

/** What must have followed from a scenario's events. */
class Expectation {
  #cloud;
  #log;
  #id;
  #run;

  constructor(cloud, { log, id, run }) {
    this.#cloud = cloud;
    this.#log = log;
    this.#id = id;
    this.#run = run;
  }

  /**
   * Once everything has followed: the read model `<log>#<id>` has these values, and may have
   * others.
   */
  async thenReadModel(values, key = `${this.#log}#${this.#id}`) {
    await this.#run();
    await this.#cloud.settle();
    const item = await this.#cloud.item(key);
    assert.ok(item, `there is no read model ${key}`);
    const shown = Object.fromEntries(Object.keys(values).map((name) => [name, item[name]]));
    assert.deepEqual(shown, values);
    return item;
  }

  /**
   * Once everything has followed: a handler has failed with this message (a string or a regular
   * expression).
   */
  async thenFails(message) {
    await this.#run();
    const { failures } = await this.#cloud.settle({ allowFailures: true });
    const lines = failures.map(({ errorLine }) => errorLine);
    const matches = (line) => (message instanceof RegExp ? message.test(line) : line.includes(message));
    assert.ok(lines.some(matches), `no handler failed with ${message}; failures: ${lines.join("; ") || "none"}`);
    return failures;
  }
}

module.exports = { Scenario };
