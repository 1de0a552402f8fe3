"""Read models are built anew while events come, readers read and the server is killed: no reader ever sees a read model that
is wrong or older than one that somebody has seen."""
import random
import threading
import time

import pytest

from cloud import CORE_TABLE, LOG_TABLE, ROOT, Cloud, Wire, event_put, eventually, run
from dynamodb_log import EventLog, Expected, NewEvent, Projector
from dynamodb_log.sdk_errors import service_errors
from library_programs import Programs

LOG = "counters"
NEW = "v2"  # the generation that is built
WRITERS, READERS = 3, 3
BATCH = 25  # items of a BatchWriteItem
SECONDS = 1200


class Counters:
    """The read models of all streams of the log: how many events each has."""

    def __init__(self, cloud, ids):
        self.cloud, self.ids = cloud, ids
        self.over = threading.Event()
        self.lock = threading.Lock()
        self.known = dict.fromkeys(ids, 0)  # by stream: the version that a reader may rely on
        self.failures = []
        self.reads = 0

    def projector(self, generation=""):
        """A process's own: it has seen nothing yet."""
        projector = Projector(EventLog.connect("local", endpoint_url=self.cloud.url), LOG, type="counter",
                              generation=generation)

        @projector.on("counted")
        def counted(event, counter):
            counter["count"] = counter.get("count", 0) + 1

        return projector

    def knows(self, id, version):
        with self.lock:
            self.known[id] = max(version, self.known[id])

    def append(self, projectors, log, id):
        """An event, and what the function does that handles it: the new read model comes first."""
        version = log.append(LOG, id, NewEvent("counted"), Expected.ANY).version
        for projector in projectors:
            projector.project(id, version)
        self.knows(id, version)

    def write(self, seed, ids):
        """Each writer has streams of its own, as a function has that gets a stream's events one after another."""
        draw, projectors = random.Random(seed), (self.projector(NEW), self.projector())
        log = EventLog.connect("local", endpoint_url=self.cloud.url)
        while not self.over.is_set():
            self.append(projectors, log, draw.choice(ids))

    def read(self, seed):
        draw, projector = random.Random(seed), self.projector()
        while not self.over.is_set():
            id = draw.choice(self.ids)
            least = self.known[id]
            counter = projector.get_current(id)
            assert counter["version"] >= least, "%s: version %s after %s" % (id, counter["version"], least)
            assert counter["count"] == counter["version"], counter
            self.knows(id, counter["version"])
            with self.lock:
                self.reads += 1

    def thread(self, work, *arguments):
        def runs():
            while not self.over.is_set():
                try:
                    return work(*arguments)
                except service_errors():
                    time.sleep(0.01)  # the server is away
                except BaseException as failure:  # shown by the main thread
                    self.failures.append(failure)
                    self.over.set()
        thread = threading.Thread(target=runs)
        thread.start()
        return thread

    def fill(self):
        """The first event of each stream, and its read model."""
        for table, items in ((LOG_TABLE, map(first_event, self.ids)), (CORE_TABLE, map(first_model, self.ids))):
            requests = [{"PutRequest": {"Item": item}} for item in items]
            wire = Wire(self.cloud.url)
            for begin in range(0, len(requests), BATCH):
                wire.call("BatchWriteItem", {"RequestItems": {table: requests[begin:begin + BATCH]}})
            wire.close()
        self.known = dict.fromkeys(self.ids, 1)


def first_event(id):
    return dict(event_put(id, 1, "counted", LOG)["Item"], payload={"M": {"id": {"S": id}}})


def first_model(id):
    key = {"S": "%s#%s" % (LOG, id)}
    return {"pk": key, "sk": key, "type": {"S": "counter"}, "id": {"S": id}, "version": {"N": "1"}, "count": {"N": "1"}}


def versions(cloud, table, prefix, suffix, attribute):
    """By stream: the highest number of an attribute among the items whose keys begin and end so."""
    found = {}
    for page in cloud.client("dynamodb").get_paginator("scan").paginate(TableName=table, ConsistentRead=True):
        for item in page["Items"]:
            pk = item["pk"]["S"]
            if pk.startswith(prefix) and pk.endswith(suffix):
                id = pk[len(prefix):len(pk) - len(suffix)]
                found[id] = max(int(item[attribute]["N"]), found.get(id, 0))
    return found


def test_python(tmp_path, whole, figures):
    ids = [str(number) for number in range(10_000 if whole else 200)]
    with Cloud(tmp_path) as cloud:
        counters = Counters(cloud, ids)
        counters.fill()
        rebuilder, began, built = counters.projector(NEW), threading.Event(), threading.Event()

        def rebuild():
            began.set()
            rebuilder.rebuild()
            rebuilder.make_current()
            built.set()

        threads = [counters.thread(counters.write, number, ids[number::WRITERS]) for number in range(WRITERS)]
        threads += [counters.thread(counters.read, 100 + number) for number in range(READERS)]
        try:
            eventually(lambda: counters.reads > 20 or counters.over.is_set(), "there are readers", SECONDS)
            threads.append(counters.thread(rebuild))
            eventually(lambda: began.is_set() or counters.over.is_set(), "it builds", SECONDS)
            cloud.kill()
            cloud.start()
            eventually(lambda: built.is_set() or counters.over.is_set(), "the read models are built", SECONDS)
            end = counters.reads + 200
            eventually(lambda: counters.reads > end or counters.over.is_set(), "they are read", SECONDS)
        finally:
            counters.over.set()
            for thread in threads:
                thread.join()
        assert counters.failures == []
        assert rebuilder.current_generation() == NEW
        in_log = versions(cloud, LOG_TABLE, LOG + "#", "#stream", "sk")
        built_up_to = versions(cloud, CORE_TABLE, "%s/%s#" % (NEW, LOG), "", "version")
        assert versions(cloud, CORE_TABLE, "%s/%s#" % (NEW, LOG), "", "count") == built_up_to
        assert built_up_to.keys() == in_log.keys() == set(ids)
        # A writer that was stopped between the append and the handler leaves one event to be handled.
        assert all(counters.known[id] <= built_up_to[id] <= in_log[id] for id in ids)
    figures(streams=len(ids), events=sum(counters.known.values()), reads=counters.reads)


def test_node(tmp_path, whole):
    """The library's own test, with as many streams."""
    if not whole:
        pytest.skip("e2e/node_library_test.py runs it with fewer streams")
    with Cloud(tmp_path, in_memory=True) as cloud, Programs(tmp_path, ROOT / "tests/e2e/node_library") as programs:
        done = run("node", "--test", "rebuild.test.mjs", cwd=programs.folder, check=False, seconds=SECONDS, environment={
            "AWS_ENDPOINT_URL": cloud.url, "REBUILD_STREAMS": "10000"})
        assert done.returncode == 0, done.stdout + done.stderr
