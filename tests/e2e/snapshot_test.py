"""`dynamodb-log snapshot save` and `snapshot load`: the whole state in one file, while it is being written to."""
import random
import resource
import signal
import subprocess
import threading

import pytest

from cloud import BINARY, BUS, CORE_TABLE, LOG_TABLE, Cloud, Wire, clean_environment, eventually


def versions(cloud, stream):
    """The versions of a stream's events, all pages."""
    found, start = [], {}
    while True:
        page = cloud.call("Query", dict({"TableName": LOG_TABLE, "KeyConditionExpression": "pk = :pk", "ConsistentRead": True,
                                         "ExpressionAttributeValues": {":pk": {"S": "users#%s#stream" % stream}}}, **start))
        found += [int(item["sk"]["N"]) for item in page["Items"]]
        assert all(set(item) == {"pk", "sk", "type", "log", "payload"} for item in page["Items"])
        if "LastEvaluatedKey" not in page:
            return found
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


class Appenders:
    """Appends to streams of their own, as fast as it goes, until they are stopped; knows what was acknowledged."""

    def __init__(self, cloud, count):
        self.cloud, self.stopping = cloud, threading.Event()
        self.acknowledged = [0] * count
        self.threads = [threading.Thread(target=self.run, args=(number,)) for number in range(count)]
        for thread in self.threads:
            thread.start()

    def run(self, number):
        from cloud import event_put
        wire, version = Wire(self.cloud.url), 0
        while not self.stopping.is_set():
            version += 1
            wire.call("PutItem", event_put(str(number), version))
            self.acknowledged[number] = version

    def stop(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join()


def load(file, data, *more):
    return subprocess.run([str(BINARY), "snapshot", "load", str(file), "--data", str(data), *more], capture_output=True,
                          text=True, env=clean_environment(), timeout=60, stdin=subprocess.DEVNULL)


def test_while_events_are_appended(tmp_path):
    file = tmp_path / "state.snapshot"
    with Cloud(tmp_path / "one") as cloud:
        appenders = Appenders(cloud, 3)
        eventually(lambda: min(appenders.acknowledged) > 50)
        before = list(appenders.acknowledged)
        saved = cloud.ddblog("snapshot", "save", file)
        appenders.stop()
        after = list(appenders.acknowledged)
    assert "items of 2 tables" in saved.stdout and str(file) in saved.stdout

    assert load(file, tmp_path / "two" / "data").returncode == 0
    with Cloud(tmp_path / "two") as other:
        for number in range(3):
            found = versions(other, number)
            assert found == list(range(1, len(found) + 1))
            assert before[number] <= len(found) <= after[number]
            # The read model's hint goes on where it was: every event reaches the bus, each once.
        total = sum(len(versions(other, number)) for number in range(3))
        eventually(lambda: len(other.archive()) == total, "every event is archived", 30)
        keys = other.archived_keys()
        assert len(set(keys)) == len(keys)
        other.append("0", before[0] + 1_000_000)


def test_keeps_tables_streams_rules_and_what_waits(tmp_path):
    file = tmp_path / "state.snapshot"
    with Cloud(tmp_path / "one") as cloud:
        cloud.call("CreateTable", {
            "TableName": "orders", "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "B"}, {"AttributeName": "n", "AttributeType": "N"}],
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "GlobalSecondaryIndexes": [{"IndexName": "by-n", "KeySchema": [{"AttributeName": "n", "KeyType": "HASH"}],
                                        "Projection": {"ProjectionType": "ALL"}}],
            "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}})
        cloud.call("PutItem", {"TableName": "orders", "Item": {"id": {"B": "AAH/"}, "n": {"N": "1.50"}}})
        events = cloud.client("events")
        events.put_rule(Name="everything", EventBusName=BUS, EventPattern='{"source": ["dynamodb-log"]}')
        description = cloud.call("DescribeTable", {"TableName": "orders"})
        cloud.ddblog("snapshot", "save", file)
    assert load(file, tmp_path / "two" / "data").returncode == 0
    with Cloud(tmp_path / "two") as other:
        assert other.call("DescribeTable", {"TableName": "orders"}) == description
        found = other.call("Query", {"TableName": "orders", "IndexName": "by-n", "KeyConditionExpression": "n = :n",
                                     "ExpressionAttributeValues": {":n": {"N": "1.5"}}})
        assert found["Items"] == [{"id": {"B": "AAH/"}, "n": {"N": "1.5"}}]
        arn = description["Table"]["LatestStreamArn"]
        streams = "DynamoDBStreams_20120810"
        shard = other.call("DescribeStream", {"StreamArn": arn}, streams)["StreamDescription"]["Shards"][0]["ShardId"]
        iterator = other.call("GetShardIterator", {"StreamArn": arn, "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON"},
                              streams)["ShardIterator"]
        records = other.call("GetRecords", {"ShardIterator": iterator}, streams)["Records"]
        assert [record["dynamodb"]["NewImage"] for record in records] == [{"id": {"B": "AAH/"}, "n": {"N": "1.5"}}]


def test_of_a_directory_that_nobody_has_open(tmp_path):
    file = tmp_path / "state.snapshot"
    with Cloud(tmp_path) as cloud:
        cloud.append("1", 1)
        in_use = cloud.ddblog("snapshot", "save", file, "--data", cloud.data, check=False)
        assert in_use.returncode == 6 and "in use" in in_use.stderr
    none = cloud.ddblog("snapshot", "save", file, "--data", tmp_path / "none", check=False)
    assert none.returncode == 2 and not (tmp_path / "none").exists()
    saved = cloud.ddblog("snapshot", "save", file, "--data", cloud.data)
    assert saved.stdout.startswith("1 items of 2 tables")
    again = cloud.ddblog("snapshot", "save", file, "--data", cloud.data, check=False)
    assert again.returncode == 2 and "--yes" in again.stderr
    cloud.ddblog("snapshot", "save", file, "--data", cloud.data, "--yes")
    assert load(file, tmp_path / "elsewhere").returncode == 0
    with Cloud(tmp_path, data="elsewhere") as other:
        assert versions(other, "1") == [1]


def test_of_a_cloud_in_memory_and_one_that_wants_signatures(tmp_path):
    file = tmp_path / "state.snapshot"
    with Cloud(tmp_path, in_memory=True, arguments=["--access-key", "me:secret"]) as cloud:
        refused = cloud.ddblog("snapshot", "save", file, check=False)
        assert refused.returncode == 5, refused
        assert not list(tmp_path.glob("state*"))
        signed = dict(cloud.environment_of_clients(), AWS_ACCESS_KEY_ID="me", AWS_SECRET_ACCESS_KEY="secret")
        cloud.ddblog("snapshot", "save", file, environment=signed)
    assert load(file, tmp_path / "data").returncode == 0


def test_refuses_and_changes_nothing(tmp_path):
    file = tmp_path / "state.snapshot"
    cloud = Cloud(tmp_path)
    with cloud:
        cloud.append("1", 1)
        cloud.ddblog("snapshot", "save", file)
        cloud.append("1", 2)
        in_use = load(file, cloud.data, "--yes")
        assert in_use.returncode == 6
    whole = file.read_bytes()
    damaged = tmp_path / "damaged.snapshot"
    for content, words in ((whole[:-1], "cut off"), (whole[:len(whole) // 2], "cut off"), (b"", "not a snapshot"),
                           (b"something else", "not a snapshot"), (whole[:500] + b"\0" + whole[501:], "damaged")):
        damaged.write_bytes(content)
        refused = load(damaged, cloud.data, "--yes")
        assert refused.returncode == 1 and words in refused.stderr and refused.stderr.count("\n") == 1, refused
    assert load(tmp_path / "none", cloud.data).returncode == 1
    asks = load(file, cloud.data)
    assert asks.returncode == 2 and "--yes" in asks.stderr
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / "letter.txt").write_text("dear")
    assert load(file, foreign, "--yes").returncode == 2
    assert [entry.name for entry in foreign.iterdir()] == ["letter.txt"]
    with cloud:
        assert versions(cloud, "1") == [1, 2]
    assert load(file, cloud.data, "--yes").returncode == 0
    with cloud:
        assert versions(cloud, "1") == [1]


def test_a_full_disk_leaves_the_old_state_and_no_half_file(tmp_path):
    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    def limited(*arguments):
        return subprocess.run([str(BINARY), *map(str, arguments)], capture_output=True, text=True, timeout=60,
                              env=clean_environment(cloud.environment_of_clients()), preexec_fn=limit, restore_signals=False)

    file = tmp_path / "state.snapshot"
    cloud = Cloud(tmp_path)
    with cloud:
        for number in range(3):
            cloud.call("PutItem", {"TableName": CORE_TABLE, "Item": {
                "pk": {"S": str(number)}, "sk": {"S": "x"}, "filler": {"S": random.Random(number).randbytes(150_000).hex()}}})
        full = limited("snapshot", "save", file)
        assert full.returncode == 1 and "File too large" in full.stderr and full.stderr.count("\n") == 1, full
        assert not list(tmp_path.glob("state*"))
        cloud.ddblog("snapshot", "save", file)
    target = tmp_path / "target"
    full = limited("snapshot", "load", file, "--data", target)
    assert full.returncode == 1 and full.stderr.count("\n") == 1, full
    assert not (target / "store").exists() and not (target / "loading").exists()
    assert load(file, target).returncode == 0


@pytest.mark.parametrize("seed", [1])
def test_killed_while_it_loads(tmp_path, seed):
    """kill -9 at any moment: the old state or the new one, whole."""
    chance = random.Random(seed)
    files = []
    for name, count in (("old", 60), ("new", 90)):
        with Cloud(tmp_path / name) as cloud:
            for number in range(count):
                cloud.call("PutItem", {"TableName": CORE_TABLE, "Item": {
                    "pk": {"S": "%s#%d" % (name, number)}, "sk": {"S": "x"}, "filler": {"S": "f" * 20_000}}})
            files.append(tmp_path / (name + ".snapshot"))
            cloud.ddblog("snapshot", "save", files[-1])
    data, seen = tmp_path / "run" / "data", set()
    for round in range(12):
        assert load(files[0], data, "--yes").returncode == 0
        process = subprocess.Popen([str(BINARY), "snapshot", "load", str(files[1]), "--data", str(data), "--yes"],
                                   env=clean_environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            process.wait(timeout=chance.uniform(0, 0.15))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        with Cloud(tmp_path / "run") as cloud:
            items = cloud.client("dynamodb").get_paginator("scan").paginate(TableName=CORE_TABLE).build_full_result()["Items"]
            names = {item["pk"]["S"].split("#")[0] for item in items}
            assert (names, len(items)) in (({"old"}, 60), ({"new"}, 90)), (round, names, len(items))
            seen |= names
        assert sorted(entry.name for entry in data.iterdir() if entry.name.startswith("load")) == []
    assert seen  # which of the two is the moment's business
