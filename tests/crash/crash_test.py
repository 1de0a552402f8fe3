"""Writers and handlers under load, and the server killed (kill -9) again and again at random moments.

After the last restart: every append that was acknowledged is in its stream exactly once, of two writers of one version
one has won, versions have no gap, every event was handled in order (the read model is what the stream says), and the
archive holds every event once.

CRASH_SECONDS (default 12) is how long the writers write, CRASH_SEED repeats a run's moments, CRASH_TEMPLATE names
another of examples/users/ (default template.yaml: functions in C++).
"""
import os
import random
import threading
import time
import uuid

from cloud import LOG_TABLE, USERS, Cloud, Refused, Wire, eventually

SECONDS = float(os.environ.get("CRASH_SECONDS", "12"))
SEED = int(os.environ.get("CRASH_SEED", random.randrange(10**9)))
TEMPLATE = USERS / os.environ.get("CRASH_TEMPLATE", "template.yaml")
OWN_STREAMS, SHARED_STREAMS, WRITERS = 8, 4, 4  # a writer's own; those that all writers write


class Writer(threading.Thread):
    """Appends to its own streams and to those it shares with the others, until it is told to stop.

    An answer that never came leaves open whether the event is there. The writer then tries the same event again: put,
    or refused because it is there with this writer's event id, or because another writer was faster.
    """

    def __init__(self, url, number, shared, stop):
        super().__init__(daemon=True)
        self.url, self.stop, self.rng = url, stop, random.Random(SEED * 100 + number)
        own = ["own%d-%d" % (number, index) for index in range(OWN_STREAMS)]
        self.streams = own + shared
        self.next = {id: 1 for id in self.streams}  # the version that is tried next
        self.acknowledged = {}                      # (id, version): event id
        self.open = None                            # (id, version, event id) whose answer has not come
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
            self.wire.call("PutItem", put(id, version, event_id))
        except Refused as refused:
            if refused.type != "ConditionalCheckFailedException":
                raise
            self.open = (id, version, event_id)
            try:
                self.settle(id, version, event_id)
            except (OSError, ValueError):
                return self.broken()
        except (OSError, ValueError):
            return self.broken()  # not acknowledged: the same again
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


def test_nothing_is_lost_and_nothing_is_there_twice(tmp_path):
    print("seed", SEED)
    rng, stop = random.Random(SEED), threading.Event()
    cloud = Cloud(tmp_path, TEMPLATE).start()
    shared = ["shared-%d" % number for number in range(SHARED_STREAMS)]
    writers = [Writer(cloud.url, number, shared, stop) for number in range(WRITERS)]
    for writer in writers:
        writer.start()

    kills, deadline = 0, time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        # From "just started" (deliveries of the last round under way) to "well under load".
        stop.wait(rng.choice([0.0, 0.02, 0.1, 0.4, 0.8, 1.5]) * rng.random())
        cloud.kill()
        kills += 1
        cloud.start()
        assert all(writer.is_alive() for writer in writers), [writer.failure for writer in writers]
    stop.set()
    for writer in writers:
        writer.join(30)
        assert not writer.is_alive() and writer.failure is None, writer.failure

    acknowledged = {}
    for writer in writers:
        for key, event_id in writer.acknowledged.items():
            assert key not in acknowledged, "two writers were told that they had won %s" % (key,)
            acknowledged[key] = event_id
    ids = sorted({id for id, _ in acknowledged})
    streams = {id: stream(cloud, id) for id in ids}
    for id in ids:
        assert [version for version, _ in streams[id]] == list(range(1, len(streams[id]) + 1)), id
    assert {(id, version): event_id for id in ids for version, event_id in streams[id]} == acknowledged
    print("%d appends, %d kills" % (len(acknowledged), kills))
    assert kills >= 3 and len(acknowledged) > 100

    for id in ids:
        last = len(streams[id])
        item = cloud.wait_for_version(id, last, seconds=60)
        assert item["name"] == {"S": "Name of " + id} and item["email"] == {"S": id + "@example.com"}
        assert item.get("phoneNumber") == ({"S": phone(last)} if last > 1 else None)

    expected = sorted(("users#%s#stream" % id, version) for id, version in acknowledged)
    eventually(lambda: len(set(cloud.archived_keys())) == len(expected), "everything is archived", 30)
    assert sorted(cloud.archived_keys()) == expected, "the archive holds every event once"
    cloud.stop()
