// A map that forgets the entries that were used longest ago once it has more than `most`.
"use strict";

class BoundedMap {
  #entries = new Map(); // in the order of use
  #most;

  constructor(most) {
    this.#most = most;
  }

  get(key) {
    const value = this.#entries.get(key);
    if (value !== undefined) {
      this.#entries.delete(key);
      this.#entries.set(key, value);
    }
    return value;
  }

  set(key, value) {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size > this.#most) this.#entries.delete(this.#entries.keys().next().value);
  }

  clear() {
    this.#entries.clear();
  }
}

module.exports = { BoundedMap };
