// A table's stream that has several shards, made of one that has one: each stream of events belongs to one shard, by its
// key. split() closes all shards and gives each two children.
import { ServiceError } from "dynamodb-log";

const hash = (text) => [...text].reduce((sum, character) => (sum * 31 + character.codePointAt(0)) >>> 0, 7);

export class SplitStream {
  #transport;
  #shards = [];
  #iterator = null; // of the real shard
  #pulling = Promise.resolve();

  constructor(transport, count) {
    this.#transport = transport;
    for (let i = 0; i < count; i++) this.#add(`shard-${i}`, undefined, i, count);
  }

  call(service, operation, request) {
    if (service !== "streams") return this.#transport.call(service, operation, request);
    return this[operation](request);
  }

  split() {
    for (const shard of this.#open()) {
      shard.isClosed = true;
      for (const child of [0, 1]) {
        this.#add(`${shard.ShardId}-${child}`, shard.ShardId, shard.rest + child * shard.modulus, shard.modulus * 2);
      }
    }
  }

  async DescribeStream({ StreamArn }) {
    await this.#pull(StreamArn);
    const Shards = this.#shards.map(({ ShardId, ParentShardId, isClosed, records }) => ({
      ShardId,
      ParentShardId,
      SequenceNumberRange: {
        ...(isClosed && { EndingSequenceNumber: records.at(-1)?.dynamodb.SequenceNumber ?? "0" }),
      },
    }));
    return { StreamDescription: { Shards } };
  }

  async GetShardIterator({ StreamArn, ShardId, SequenceNumber }) {
    const { records } = this.#shards.find((shard) => shard.ShardId === ShardId);
    const after = SequenceNumber
      ? records.findIndex(({ dynamodb }) => dynamodb.SequenceNumber === SequenceNumber) + 1
      : 0;
    return { ShardIterator: JSON.stringify([StreamArn, ShardId, after]) };
  }

  async GetRecords({ ShardIterator, Limit }) {
    const [arn, id, at] = JSON.parse(ShardIterator);
    await this.#pull(arn);
    const shard = this.#shards.find(({ ShardId }) => ShardId === id);
    const Records = shard.records.slice(at, at + Limit);
    const end = at + Records.length;
    const isRead = shard.isClosed && end === shard.records.length;
    return { Records, ...(!isRead && { NextShardIterator: JSON.stringify([arn, id, end]) }) };
  }

  #add(ShardId, ParentShardId, rest, modulus) {
    this.#shards.push({ ShardId, ParentShardId, rest, modulus, isClosed: false, records: [] });
  }

  #open() {
    return this.#shards.filter(({ isClosed }) => !isClosed);
  }

  /** Sorts what is new in the real shard into the open ones. */
  #pull(StreamArn) {
    this.#pulling = this.#pulling.then(async () => {
      if (!this.#iterator) {
        const { StreamDescription } = await this.#transport.call("streams", "DescribeStream", { StreamArn });
        if (StreamDescription.Shards.length !== 1) throw new ServiceError({ type: "TwoShards", status: 500 });
        const ShardId = StreamDescription.Shards[0].ShardId;
        const request = { StreamArn, ShardId, ShardIteratorType: "TRIM_HORIZON" };
        this.#iterator = (await this.#transport.call("streams", "GetShardIterator", request)).ShardIterator;
      }
      const page = await this.#transport.call("streams", "GetRecords", { ShardIterator: this.#iterator });
      this.#iterator = page.NextShardIterator;
      for (const record of page.Records) {
        const key = hash(record.dynamodb.Keys.pk.S);
        this.#open()
          .find(({ rest, modulus }) => key % modulus === rest)
          .records.push(record);
      }
    });
    return this.#pulling;
  }
}
