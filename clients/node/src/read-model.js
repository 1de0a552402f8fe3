// The read model of one stream while events are applied to it: its main item, which has the version,
// and other items that are written with it.
"use strict";

const { InvalidArgument } = require("./errors.js");
const { marshalMembers } = require("./attribute-values.js");
const limits = require("./limits.js");

const own = ["pk", "sk", "version"]; // attributes that the projector writes
const mostChanges = 200; // in one update expression, which has at most 4 KB

const without = (object, names) => Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
const textOf = (attribute) => JSON.stringify(attribute);

function attributesOf(values, names) {
  for (const name of names) {
    if (values[name] !== undefined)
      throw new InvalidArgument(`a read model's ${name} is the projector's own`, "readModel");
  }
  return marshalMembers(values);
}

/** One item that an applier has asked for. */
class OtherItem {
  constructor(key, values) {
    this.key = key;
    this.values = values;
    this.before = values && textOf(marshalMembers(values));
  }

  /** The action of a transaction that writes it; null if it has not changed. */
  action(TableName) {
    if (this.values === null) return this.before === undefined ? null : { Delete: { TableName, Key: this.key } };
    const attributes = attributesOf(this.values, ["pk", "sk"]);
    if (textOf(attributes) === this.before) return null;
    return { Put: { TableName, Item: { ...this.key, ...attributes } } };
  }
}

class ReadModel {
  #eventLog;
  #table;
  #prefix;
  #item; // as it was read
  #created;
  #values; // made when they are needed: most hints are of events that are in the read model already
  #others = new Map();
  isFull = false; // an applier has asked for more other items than one transaction takes

  /**
   * `item`: the main item as it was read, or undefined. `created`: the values that a new one begins
   * with.
   */
  constructor({ eventLog, table, prefix, key, item, created }) {
    this.#eventLog = eventLog;
    this.#table = table;
    this.#prefix = prefix;
    this.#item = item;
    this.#created = created;
    this.key = key;
    this.readVersion = Number(item?.version?.N ?? 0);
    this.version = this.readVersion;
  }

  /** What appliers change. */
  get values() {
    this.#values ??= { ...this.#storedValues(), ...(this.readVersion === 0 && this.#created) };
    return this.#values;
  }

  #storedValues() {
    return this.#eventLog.valuesOf(without(this.#item ?? {}, own));
  }

  /** The same as it was read. */
  again(created) {
    return new ReadModel({
      eventLog: this.#eventLog,
      table: this.#table,
      prefix: this.#prefix,
      key: this.key,
      item: this.#item,
      created,
    });
  }

  fullError() {
    return new InvalidArgument("an event reads or changes at most 99 other items", "items");
  }

  /** What appliers get to reach other items of the stream's read model. */
  items() {
    return {
      /** The item's values, which may be changed; null if it does not exist. */
      get: async (pk, sk = pk) => (await this.#other(pk, sk)).values,
      /** The item's values, which may be changed; a new item if it does not exist. */
      upsert: async (pk, sk = pk) => ((await this.#other(pk, sk)).values ??= {}),
      delete: async (pk, sk = pk) => {
        (await this.#other(pk, sk)).values = null;
      },
    };
  }

  async #other(pk, sk) {
    const name = JSON.stringify([pk, sk]);
    if (!this.#others.has(name)) {
      this.isFull ||= this.#others.size >= limits.eventsPerAppend - 1;
      if (this.isFull) throw this.fullError();
      const key = { pk: { S: this.#prefix + pk }, sk: { S: sk } };
      const request = { TableName: this.#table, Key: key, ConsistentRead: true };
      const { Item } = await this.#eventLog.transport.call("dynamodb", "GetItem", request);
      this.#others.set(name, new OtherItem(key, Item ? this.#eventLog.valuesOf(without(Item, ["pk", "sk"])) : null));
    }
    return this.#others.get(name);
  }

  /**
   * {operation, request}: writes everything, if the main item still has the version that was read.
   */
  write() {
    const main = this.#writeMain();
    const others = [...this.#others.values()].map((one) => one.action(this.#table)).filter(Boolean);
    if (others.length > 0) {
      return { operation: "TransactWriteItems", request: { TransactItems: [main, ...others] } };
    }
    return main.Update
      ? { operation: "UpdateItem", request: main.Update }
      : { operation: "PutItem", request: main.Put };
  }

  #writeMain() {
    const attributes = attributesOf(this.values, own);
    const version = { N: String(this.version) };
    const common = {
      TableName: this.#table,
      ConditionExpression: this.readVersion > 0 ? "#version = :read" : "attribute_not_exists(#version)",
      ReturnValuesOnConditionCheckFailure: "ALL_OLD",
    };
    const names = { "#version": "version" };
    const values = this.readVersion > 0 ? { ":read": { N: String(this.readVersion) } } : {};
    const before = marshalMembers(this.#storedValues());
    const isSame = (name) => Object.hasOwn(before, name) && textOf(attributes[name]) === textOf(before[name]);
    const set = Object.keys(attributes).filter((name) => !isSame(name));
    const removed = Object.keys(before).filter((name) => !Object.hasOwn(attributes, name));
    if (set.length + removed.length > mostChanges) {
      const Item = { ...this.key, ...attributes, version };
      return {
        Put: {
          ...common,
          Item,
          ExpressionAttributeNames: names,
          ...(this.readVersion > 0 && { ExpressionAttributeValues: values }),
        },
      };
    }
    values[":version"] = version;
    const sets = ["#version = :version"];
    set.forEach((name, i) => {
      names[`#s${i}`] = name;
      values[`:s${i}`] = attributes[name];
      sets.push(`#s${i} = :s${i}`);
    });
    removed.forEach((name, i) => (names[`#r${i}`] = name));
    const remove = removed.length > 0 ? ` REMOVE ${removed.map((_, i) => `#r${i}`).join(", ")}` : "";
    return {
      Update: {
        ...common,
        Key: this.key,
        UpdateExpression: `SET ${sets.join(", ")}${remove}`,
        ExpressionAttributeNames: names,
        ExpressionAttributeValues: values,
      },
    };
  }
}

module.exports = { ReadModel };
