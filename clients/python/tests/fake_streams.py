"""A table's stream with shards and records that the test decides on."""

from tables import service_error


class FakeStreams:
    def __init__(self, *shards):
        self.shards = {shard: None for shard in shards}  # and their parents
        self.records = {shard: [] for shard in shards}
        self.closed = set()
        self.trimmed = {}  # by shard: how many records are gone
        self.age = 0  # of the iterators that still count

    def add(self, shard, item):
        change = {"SequenceNumber": str(len(self.records[shard]) + 1), "NewImage": item}
        self.records[shard].append({"eventName": "INSERT", "dynamodb": change})

    def split(self, shard, *children):
        self.closed.add(shard)
        for child in children:
            self.shards[child], self.records[child] = shard, []

    def remove(self, shard):
        del self.shards[shard]

    def expire_iterators(self):
        self.age += 1

    # --- what a subscription calls ---

    def describe_stream(self, StreamArn, ExclusiveStartShardId=None):
        names = list(self.shards)
        begin = names.index(ExclusiveStartShardId) + 1 if ExclusiveStartShardId else 0
        page = names[begin : begin + 2]
        shards = [dict({"ShardId": name}, **self._more(name)) for name in page]
        last = {"LastEvaluatedShardId": page[-1]} if begin + 2 < len(names) else {}
        return {"StreamDescription": dict({"Shards": shards}, **last)}

    def _more(self, shard):
        range = {"StartingSequenceNumber": "1", **({"EndingSequenceNumber": "9"} if shard in self.closed else {})}
        parent = {"ParentShardId": self.shards[shard]} if self.shards[shard] else {}
        return {"SequenceNumberRange": range, **parent}

    def get_shard_iterator(self, StreamArn, ShardId, ShardIteratorType, SequenceNumber="0"):
        gone = self.trimmed.get(ShardId, 0)
        if ShardId not in self.shards:
            service_error("ResourceNotFoundException")(None, None)
        if ShardIteratorType == "AFTER_SEQUENCE_NUMBER" and int(SequenceNumber) < gone:
            service_error("TrimmedDataAccessException")(None, None)
        return {"ShardIterator": f"{ShardId} {max(int(SequenceNumber), gone)} {self.age}"}

    def get_records(self, ShardIterator, Limit):
        shard, begin, age = ShardIterator.split()
        if int(age) < self.age:
            service_error("ExpiredIteratorException")(None, None)
        records = self.records[shard][int(begin) : int(begin) + Limit]
        end = int(begin) + len(records)
        is_end = shard in self.closed and end == len(self.records[shard])
        return {"Records": records, **({} if is_end else {"NextShardIterator": f"{shard} {end} {age}"})}
