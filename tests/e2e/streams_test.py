"""A table's stream over time: shards are closed and have children, and a reader that follows them as the Kinesis Client
Library does (a child only when its parent is read to its end) sees every record once, in order."""
import pytest

from cloud import Cloud, Refused

HOUR = 3_600_000
STREAMS = "DynamoDBStreams_20120810"


@pytest.fixture(scope="module")
def cloud(folder):
    with Cloud(folder) as running:
        yield running


def make_table(cloud, name, view="NEW_AND_OLD_IMAGES"):
    """Returns its stream's ARN."""
    return cloud.call("CreateTable", {
        "TableName": name, "BillingMode": "PAY_PER_REQUEST", "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        "StreamSpecification": {"StreamEnabled": True, "StreamViewType": view}})["TableDescription"]["LatestStreamArn"]


def put(cloud, table, number, **attributes):
    cloud.call("PutItem", {"TableName": table, "Item": dict({"pk": {"S": "%05d" % number}}, **attributes)})


def number_of(record):
    return int(record["dynamodb"]["Keys"]["pk"]["S"])


class Reader:
    """Reads all shards of a stream; remembers only what a lease table would: how far each shard is read."""

    def __init__(self, cloud, arn, limit, shards_per_page=2):
        self.cloud, self.arn, self.limit, self.shards_per_page = cloud, arn, limit, shards_per_page
        self.seen, self.read_to, self.done, self.iterators = [], {}, set(), {}

    def shards(self):
        found, after = [], {}
        while True:
            page = self.cloud.call("DescribeStream", dict({"StreamArn": self.arn, "Limit": self.shards_per_page}, **after),
                                   STREAMS)["StreamDescription"]
            assert len(page["Shards"]) <= self.shards_per_page
            found += page["Shards"]
            if "LastEvaluatedShardId" not in page:
                return found
            after = {"ExclusiveStartShardId": page["LastEvaluatedShardId"]}

    def iterator(self, shard):
        place = {"ShardIteratorType": "TRIM_HORIZON"}
        if shard in self.read_to:
            place = {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": self.read_to[shard]}
        return self.cloud.call("GetShardIterator", dict({"StreamArn": self.arn, "ShardId": shard}, **place), STREAMS)["ShardIterator"]

    def forget_iterators(self):
        """As a worker that takes over the leases of another."""
        self.iterators.clear()

    def step(self):
        """One GetRecords of each shard whose turn it is; returns how many records that were."""
        before = len(self.seen)
        listed = self.shards()
        ids = {shard["ShardId"] for shard in listed}
        for shard in listed:
            id, parent = shard["ShardId"], shard.get("ParentShardId")
            if id in self.done or (parent in ids and parent not in self.done):
                continue
            if id not in self.iterators:
                self.iterators[id] = self.iterator(id)
            answer = self.cloud.call("GetRecords", {"ShardIterator": self.iterators[id], "Limit": self.limit}, STREAMS)
            assert len(answer["Records"]) <= self.limit
            for record in answer["Records"]:
                self.seen.append(record)
                self.read_to[id] = record["dynamodb"]["SequenceNumber"]
            if "NextShardIterator" in answer:
                self.iterators[id] = answer["NextShardIterator"]
            else:
                self.done.add(id)
        return len(self.seen) - before

    def read_all(self):
        steps = 0
        while self.step() or steps < len(self.shards()):  # a step may only find a shard's end
            steps += 1
        return [number_of(record) for record in self.seen]


def test_readers_see_every_record_once_and_in_order(cloud):
    arn = make_table(cloud, "followed")
    early, late = Reader(cloud, arn, limit=7), Reader(cloud, arn, limit=1000, shards_per_page=1)
    written = 0
    for _ in range(5):  # a shard is closed by the first record after four hours
        for _ in range(20):
            put(cloud, "followed", written)
            written += 1
        early.step()
        early.step()
        early.forget_iterators()
        cloud.move_clock(int(4.5 * HOUR))
    shards = early.shards()
    assert len(shards) == 5
    assert [shard.get("ParentShardId") for shard in shards] == [None] + [shard["ShardId"] for shard in shards[:-1]]
    assert ["EndingSequenceNumber" in shard["SequenceNumberRange"] for shard in shards] == [True] * 4 + [False]
    assert early.read_all() == list(range(written))
    assert late.read_all() == list(range(written))
    for reader in (early, late):
        numbers = [record["dynamodb"]["SequenceNumber"] for record in reader.seen]
        assert numbers == sorted(set(numbers), key=int)
        assert len({record["eventID"] for record in reader.seen}) == written
    for shard in shards[:-1]:
        ends = [shard["SequenceNumberRange"][name] for name in ("StartingSequenceNumber", "EndingSequenceNumber")]
        assert all(end in numbers for end in ends)


def test_a_reader_goes_on_where_it_was_after_kill_9(cloud):
    arn = make_table(cloud, "survives")
    reader = Reader(cloud, arn, limit=5)
    for number in range(12):
        put(cloud, "survives", number)
    reader.step()
    cloud.kill()
    cloud.start()
    for number in range(12, 20):
        put(cloud, "survives", number)
    assert reader.read_all() == list(range(20))


def test_children_are_found_from_their_parents(cloud):
    arn = make_table(cloud, "children", "KEYS_ONLY")
    for number in range(3):
        put(cloud, "children", number)
        cloud.move_clock(5 * HOUR)
    chain = [Reader(cloud, arn, 10).shards()[0]["ShardId"]]
    while True:
        children = cloud.call("DescribeStream", {"StreamArn": arn, "ShardFilter": {"Type": "CHILD_SHARDS", "ShardId": chain[-1]}},
                              STREAMS)["StreamDescription"]["Shards"]
        if not children:
            break
        assert [child["ParentShardId"] for child in children] == [chain[-1]]
        chain.append(children[0]["ShardId"])
    assert chain == [shard["ShardId"] for shard in Reader(cloud, arn, 10).shards()] and len(chain) == 3


def test_a_reader_that_comes_after_a_day_begins_with_what_is_kept(cloud):
    arn = make_table(cloud, "days")
    for number in range(4):
        put(cloud, "days", number)
        cloud.move_clock(10 * HOUR)  # 40 hours in all: of the shards the first is gone, and the records of the second
    reader = Reader(cloud, arn, 10)
    assert reader.read_all() == [2, 3]
    assert [number_of(record) for record in reader.seen if record["eventName"] == "INSERT"] == [2, 3]


def test_a_page_ends_at_its_limit_and_at_1_mb(cloud):
    arn = make_table(cloud, "pages", "NEW_IMAGE")
    for start in range(0, 1200, 25):
        cloud.call("BatchWriteItem", {"RequestItems": {"pages": [
            {"PutRequest": {"Item": {"pk": {"S": "%05d" % number}}}} for number in range(start, start + 25)]}})
    shard = Reader(cloud, arn, 1).shards()[0]["ShardId"]

    def pages(limit=None):
        iterator = Reader(cloud, arn, 1).iterator(shard)
        while True:
            answer = cloud.call("GetRecords", dict({"ShardIterator": iterator}, **({"Limit": limit} if limit else {})), STREAMS)
            if not answer["Records"]:
                return
            yield answer["Records"]
            iterator = answer["NextShardIterator"]

    assert [len(page) for page in pages()] == [1000, 200]
    assert [len(page) for page in pages(999)] == [999, 201]
    for wrong in (0, 1001, -1):
        with pytest.raises(Refused) as refused:
            next(pages(wrong or -1))
        assert refused.value.type == "ValidationException"
    for number in range(4):
        put(cloud, "pages", 2000 + number, filler={"S": "x" * 390_000})
    large = [page for page in pages() if number_of(page[-1]) >= 2000]
    assert [number_of(record) for page in large for record in page if number_of(record) >= 2000] == [2000, 2001, 2002, 2003]
    assert all(sum(record["dynamodb"]["SizeBytes"] for record in page) <= 1 << 20 for page in large) and len(large) >= 2
