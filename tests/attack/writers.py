"""Writers that append under attack, and what has to be true afterwards.

    with Writers(cloud, seed) as writers:
        …the attack…
    writers.check(cloud)

Each writer appends to streams of its own and to some that all share. After an answer that never came, or that said
that the store failed, nobody knows whether the event is there. The writer then tries the same event again: it is
appended, or refused because it is there with this writer's event id, or because another writer was faster.
"""
import random
import threading
import time
import uuid

from cloud import LOG_TABLE, Refused, Wire, eventually

OWN_STREAMS, SHARED_STREAMS = 8, 4


class Writer(threading.Thread):
    def __init__(self, url, seed, number, shared, stop):
        super().__init__(daemon=True)
        self.url, self.stop, self.rng = url, stop, random.Random(seed * 100 + number)
        self.streams = ["own%d-%d" % (number, index) for index in range(OWN_STREAMS)] + shared
        self.next = {id: 1 for id in self.streams}  # the version that is tried next
        self.acknowledged = {}                      # (id, version): event id
        self.open = None                            # (id, version, event id) whose answer has not come
        self.refused = 0                            # answers that the store failed
        self.longest = 0.0                          # seconds that an acknowledged append took
        self.failure = None
        self.wire = None

    def run(self):
        try:
            while not self.stop.is_set() or self.open:
                self.step()
        except BaseException as failure:  # shown by the main thread
            self.failure = failure

    def step(self):
        if not self.open:
            id = self.rng.choice(self.streams)
            self.open = (id, self.next[id], str(uuid.UUID(int=self.rng.getrandbits(128), version=4)))
        id, version, event_id = self.open
        try:
            self.wire = self.wire or Wire(self.url, timeout=10)
            begin = time.monotonic()
            self.wire.call("PutItem", put(id, version, event_id))
            self.longest = max(self.longest, time.monotonic() - begin)
        except Refused as refused:
            if refused.type == "InternalServerError":
                self.refused += 1
                return time.sleep(0.01)
            if refused.type != "ConditionalCheckFailedException":
                raise
            try:
                self.settle(id, version, event_id)
            except (OSError, ValueError):
                self.broken()
        except (OSError, ValueError):
            self.broken()
        else:
            self.taken(id, version, event_id)

    def settle(self, id, version, event_id):
        """Something is at this version. Ours, if an earlier answer was lost; else somebody was faster."""
        item = self.wire.call("GetItem", {"TableName": LOG_TABLE, "ConsistentRead": True, "Key": {
            "pk": {"S": "users#%s#stream" % id}, "sk": {"N": str(version)}}})["Item"]
        if item["eventId"]["S"] == event_id:
            self.taken(id, version, event_id)
        else:
            self.next[id], self.open = version + 1, None

    def taken(self, id, version, event_id):
        self.acknowledged[id, version] = event_id
        self.next[id], self.open = version + 1, None

    def broken(self):
        if self.wire:
            self.wire.close()
        self.wire = None
        time.sleep(0.01)


def put(id, version, event_id):
    if version == 1:
        type, payload = "signup", {"name": {"S": "Name of " + id}, "email": {"S": id + "@example.com"}}
    else:
        type, payload = "addPhoneNumber", {"phoneNumber": {"S": phone(version)}}
    return {"TableName": LOG_TABLE, "ConditionExpression": "attribute_not_exists(pk)", "Item": {
        "pk": {"S": "users#%s#stream" % id}, "sk": {"N": str(version)}, "type": {"S": type}, "log": {"S": "users"},
        "eventId": {"S": event_id}, "payload": {"M": dict(payload, id={"S": id})}}}


def phone(version):
    return "+46 %09d" % version


def stream(cloud, id):
    """The events of a stream: [(version, event id)]."""
    found, start = [], {}
    while True:
        page = cloud.call("Query", dict({
            "TableName": LOG_TABLE, "ConsistentRead": True, "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": {"S": "users#%s#stream" % id}}}, **start))
        found += [(int(item["sk"]["N"]), item["eventId"]["S"]) for item in page["Items"]]
        if "LastEvaluatedKey" not in page:
            return found
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


class Writers:
    def __init__(self, cloud, seed, count=4):
        print("seed", seed)
        self.stopping = threading.Event()
        shared = ["shared-%d" % number for number in range(SHARED_STREAMS)]
        self.writers = [Writer(cloud.url, seed, number, shared, self.stopping) for number in range(count)]
        self.acknowledged = {}  # (id, version): event id, once they have stopped

    def __enter__(self):
        for writer in self.writers:
            writer.start()
        return self

    def __exit__(self, kind, *_):
        self.stopping.set()
        if not kind:
            self.stop()

    def count(self):
        """How many appends were acknowledged so far."""
        return sum(len(writer.acknowledged) for writer in self.writers)

    def refused(self):
        """How many answers said that the store failed."""
        return sum(writer.refused for writer in self.writers)

    def longest(self):
        """The longest time that an acknowledged append took, in seconds."""
        return max(writer.longest for writer in self.writers)

    def assert_alive(self):
        assert all(writer.is_alive() for writer in self.writers), [writer.failure for writer in self.writers]

    def goes_on(self, what, seconds=20):
        """Waits until more appends are acknowledged than now."""
        before = self.count()
        eventually(lambda: self.assert_alive() or self.count() > before, what, seconds)

    def stop(self):
        self.stopping.set()
        for writer in self.writers:
            writer.join(30)
            assert not writer.is_alive() and writer.failure is None, writer.failure
            for key, event_id in writer.acknowledged.items():
                assert key not in self.acknowledged, "two writers were told that they had won %s" % (key,)
                self.acknowledged[key] = event_id

    def check_streams(self, cloud):
        """Every acknowledged append is in its stream once, nothing else is there, and versions have no gap."""
        ids = sorted({id for id, _ in self.acknowledged})
        streams = {id: stream(cloud, id) for id in ids}
        for id in ids:
            assert [version for version, _ in streams[id]] == list(range(1, len(streams[id]) + 1)), id
        assert {(id, version): event_id for id in ids for version, event_id in streams[id]} == self.acknowledged
        return streams

    def check(self, cloud, seconds=60):
        """Also: every event was handled in order, and the archive holds each once."""
        streams = self.check_streams(cloud)
        for id, events in streams.items():
            item = cloud.wait_for_version(id, len(events), seconds=seconds)
            assert item["name"] == {"S": "Name of " + id} and item["email"] == {"S": id + "@example.com"}
            assert item.get("phoneNumber") == ({"S": phone(len(events))} if len(events) > 1 else None)
        expected = sorted(("users#%s#stream" % id, version) for id, version in self.acknowledged)
        eventually(lambda: len(set(cloud.archived_keys())) == len(expected), "everything is archived", seconds)
        assert sorted(cloud.archived_keys()) == expected, "the archive holds every event once"
