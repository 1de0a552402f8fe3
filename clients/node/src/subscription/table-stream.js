// The log table's stream: its shards, and their records.
"use strict";

const { ConfigurationError, ServiceError } = require("../errors.js");

const mostPages = 10_000; // read to find a shard's end; an earlier position is safe, too
const recordsPerPage = 1000;
const longestAbsence = 20 * 3600 * 1000; // ms; the stream keeps its records for 24 hours, and clocks differ

/** Records that were not read have expired: after 24 hours. */
class Trimmed extends Error {}

/** Whether records of that time, ISO 8601, may have expired. False for undefined. */
const isTooOld = (time, environment) => environment.now() - Date.parse(time) > longestAbsence;

class TableStream {
  #transport;
  #table;

  constructor({ transport, table }) {
    this.#transport = transport;
    this.#table = table;
  }

  /** The ARN of the table's stream. Throws ConfigurationError if it has none. */
  async arn() {
    const { Table } = await this.#transport.call("dynamodb", "DescribeTable", { TableName: this.#table });
    if (!Table.LatestStreamArn || Table.StreamSpecification?.StreamEnabled === false) {
      throw new ConfigurationError(`The table ${this.#table} has no stream to subscribe to.`);
    }
    return Table.LatestStreamArn;
  }

  /** {shardId, parent, isClosed} of all shards. */
  async shards(StreamArn) {
    const shards = [];
    let ExclusiveStartShardId;
    do {
      const request = { StreamArn, ExclusiveStartShardId };
      const { StreamDescription } = await this.#transport.call("streams", "DescribeStream", request);
      for (const { ShardId, ParentShardId, SequenceNumberRange } of StreamDescription.Shards) {
        const isClosed = Boolean(SequenceNumberRange?.EndingSequenceNumber);
        shards.push({ shardId: ShardId, parent: ParentShardId, isClosed });
      }
      ExclusiveStartShardId = StreamDescription.LastEvaluatedShardId;
    } while (ExclusiveStartShardId);
    return shards;
  }

  /**
   * Where a shard ends now: {sequenceNumber} of its last record, {finished} if it is closed, {} if
   * it is empty. A record that is written while this runs may be before or after the position.
   */
  async endOf(StreamArn, { shardId, isClosed }) {
    if (isClosed) return { finished: true };
    const position = {};
    let iterator = await this.iterator(StreamArn, { shardId });
    for (let page = 0; page < mostPages && iterator; page++) {
      const { records, next } = await this.records(iterator);
      if (records.length > 0) position.sequenceNumber = records.at(-1).dynamodb.SequenceNumber;
      if (!next) position.finished = true;
      if (records.length === 0) break;
      iterator = next;
    }
    return position;
  }

  /** An iterator after what was handled, or at the shard's beginning. Throws Trimmed. */
  async iterator(StreamArn, { shardId, sequenceNumber }) {
    const from = sequenceNumber
      ? { ShardIteratorType: "AFTER_SEQUENCE_NUMBER", SequenceNumber: sequenceNumber }
      : { ShardIteratorType: "TRIM_HORIZON" };
    const request = { StreamArn, ShardId: shardId, ...from };
    return (await this.#read("GetShardIterator", request)).ShardIterator;
  }

  /**
   * A page of records and the next iterator (undefined: the shard is finished); null if the
   * iterator has expired.
   */
  async records(ShardIterator) {
    const answer = await this.#read("GetRecords", { ShardIterator, Limit: recordsPerPage });
    return answer && { records: answer.Records, next: answer.NextShardIterator };
  }

  async #read(operation, request) {
    try {
      return await this.#transport.call("streams", operation, request);
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      if (error.type === "ExpiredIteratorException") return null;
      if (error.type === "TrimmedDataAccessException" || error.type === "ResourceNotFoundException") {
        throw new Trimmed(`${operation}: ${error.message}`, { cause: error });
      }
      throw error;
    }
  }
}

module.exports = { TableStream, Trimmed, isTooOld };
