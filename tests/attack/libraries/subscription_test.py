"""Consumers of a subscription in C++, Node.js and Python, of one language and of all in one group: they work off a backlog,
join, leave and are killed, and so is the server, while events come. Each event is handled at least once, each stream in order."""
import signal
import time

import pytest

from cloud import CORE_TABLE, LOG_TABLE, Cloud, Wire, event_put, eventually
from library_programs import Programs

STREAMS, BATCH = 50, 25
SECONDS = 600  # for each wait, on a busy machine too


def append(cloud, first, last):
    """The events of these numbers, in turn to each stream."""
    wire = Wire(cloud.url)
    for begin in range(first, last, BATCH):
        puts = [event_put("s%d" % (number % STREAMS), number // STREAMS + 1, "counted", n={"N": str(number)})
                for number in range(begin, min(begin + BATCH, last))]
        requests = [{"PutRequest": {"Item": put["Item"]}} for put in puts]
        assert not wire.call("BatchWriteItem", {"RequestItems": {LOG_TABLE: requests}})["UnprocessedItems"]
    wire.close()


class Consumer:
    def __init__(self, programs, cloud, language, number):
        self.file = programs.folder / ("%d-%s.txt" % (number, language))
        self.file.touch()
        self.process = programs.start(language, "consumer", cloud, self.file)
        self.size, self.end, self.lines = 0, b"", []

    def is_ready(self):
        return self.file.with_name(self.file.name + ".ready").exists()

    def read(self):
        """What it has handled since: (stream, version). A line that was not written to its end does not count."""
        with open(self.file, "rb") as file:
            file.seek(self.size)
            new = file.read()
        self.size += len(new)
        *lines, self.end = (self.end + new).split(b"\n")
        lines = [(int(when), stream.decode(), int(version)) for when, stream, version in map(bytes.split, lines)]
        self.lines += lines
        return [(stream, version) for _, stream, version in lines]


class Consumers:
    def __init__(self, programs, cloud, languages):
        self.programs, self.cloud, self.languages = programs, cloud, languages
        self.all, self.handled = [], set()

    def start(self):
        number = len(self.all)
        self.all.append(Consumer(self.programs, self.cloud, self.languages[number % len(self.languages)], number))
        return self.all[-1]

    def running(self):
        return [one for one in self.all if one.process.poll() is None]

    def wait_until_handled(self, count, what):
        def there():
            for one in self.all:
                assert one.process.poll() in (None, 0, -signal.SIGKILL), self.programs.errors()
                self.handled.update(one.read())
            return len(self.handled) >= count
        eventually(there, "%s (%d events)" % (what, count), SECONDS)

    def kill_who_reads(self):
        """kill -9 of the one that has handled an event last: it has the lease. Another one takes its place."""
        reader = max(self.running(), key=lambda one: one.lines[-1][0] if one.lines else 0)
        reader.process.kill()
        reader.process.wait()
        self.start()

    def leave(self, consumer):
        """SIGTERM: it ends the event that it handles, and gives its leases back."""
        eventually(consumer.is_ready, "it can be asked to leave", SECONDS)
        consumer.process.terminate()
        assert consumer.process.wait(SECONDS) == 0, self.programs.errors()

    def in_order_of_time(self):
        lines = sorted(line for one in self.all for line in one.lines)
        return [(stream, version) for _, stream, version in lines]


def check_order(handled):
    """Each version comes after the one before it. Versions that come again do not count."""
    last = {}
    for stream, version in handled:
        if version > last.get(stream, 0):
            assert version == last.get(stream, 0) + 1, "%s: version %d before those in between" % (stream, version)
            last[stream] = version


@pytest.mark.parametrize("languages", [["cpp"], ["node"], ["python"], ["cpp", "node", "python"]], ids="-".join)
def test_each_event_is_handled_and_each_stream_in_order(tmp_path, whole, figures, languages):
    backlog = 100_000 if whole else 1000
    live = backlog // 10  # each of four times
    begin = time.monotonic()
    with Cloud(tmp_path) as cloud, Programs(tmp_path) as programs:
        append(cloud, 0, backlog)
        consumers = Consumers(programs, cloud, languages)
        consumers.start(), consumers.start()
        consumers.wait_until_handled(backlog // 8, "the backlog is being handled")
        consumers.kill_who_reads()
        consumers.wait_until_handled(backlog // 4, "another one catches up")
        cloud.kill()
        cloud.start()
        append(cloud, backlog, backlog + live)
        consumers.wait_until_handled(backlog + live // 2, "the group follows the stream")
        consumers.kill_who_reads()
        append(cloud, backlog + live, backlog + 2 * live)
        consumers.wait_until_handled(backlog + live, "another one follows")
        consumers.leave(consumers.running()[0])
        consumers.start()
        cloud.restart()
        append(cloud, backlog + 2 * live, backlog + 3 * live)
        consumers.wait_until_handled(backlog + 3 * live, "all is handled")
        for one in consumers.running():
            consumers.leave(one)
        append(cloud, backlog + 3 * live, backlog + 4 * live)
        consumers.start()
        consumers.wait_until_handled(backlog + 4 * live, "what came while nobody was there is handled")
        consumers.leave(consumers.running()[0])
        items = cloud.client("dynamodb").get_paginator("scan").paginate(TableName=CORE_TABLE, ConsistentRead=True)
        kinds = {item["sk"]["S"].split("#")[0] for page in items for item in page["Items"]}
        assert kinds == {"group", "shard"}, "nothing is parked"
    handled = consumers.in_order_of_time()
    assert set(handled) == {("s%d" % (n % STREAMS), n // STREAMS + 1) for n in range(backlog + 4 * live)}
    check_order(handled)
    figures(events=backlog + 4 * live, handled=len(handled), consumers=len(consumers.all), seconds=time.monotonic() - begin)
