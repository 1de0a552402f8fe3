"""Consumers of a subscription are killed, join and leave, and the server is killed, while events come: each event is handled
at least once, each stream in order. SUBSCRIPTION_EVENTS says how many events."""
import os
import signal
import subprocess

from cloud import Cloud, Wire, clean_environment, event_put, eventually
from node_library_test import project  # noqa: F401

EVENTS = int(os.environ.get("SUBSCRIPTION_EVENTS", 1000))  # half of them are there before the first consumer
STREAMS = 50
SECONDS = 120


def append(cloud, first, last):
    """The events of these numbers, in turn to each stream."""
    wire = Wire(cloud.url)
    for number in range(first, last):
        wire.call("PutItem", event_put("s%d" % (number % STREAMS), number // STREAMS + 1, "counted", n={"N": str(number)}))
    wire.close()


class Consumers:
    def __init__(self, folder, project, cloud):  # noqa: F811
        self.folder, self.project, self.cloud = folder, project, cloud
        self.running = []

    def start(self):
        file = self.folder / ("consumer%d.txt" % len(list(self.folder.glob("consumer*.txt"))))
        file.touch()
        process = subprocess.Popen(["node", "subscriber.mjs", str(file)], cwd=self.project, stderr=subprocess.PIPE, text=True,
                                   env=clean_environment({"AWS_ENDPOINT_URL": self.cloud.url}))
        self.running.append(process)
        return process

    def handled(self):
        """(stream, version) in the order of time. A line that a killed consumer has not ended does not count."""
        lines = [line.split() for file in self.folder.glob("consumer*.txt") for line in file.read_text().split("\n")[:-1]]
        return [(stream, int(version)) for _, stream, version in sorted(lines, key=lambda line: int(line[0]))]

    def have_handled(self, count):
        for process in self.running:
            assert process.poll() in (None, -signal.SIGKILL), process.stderr.read()
        return len(set(self.handled())) >= count


def test_each_event_is_handled_and_each_stream_in_order(project, tmp_path):  # noqa: F811
    cloud = Cloud(tmp_path)
    consumers = Consumers(tmp_path, project, cloud)
    try:
        with cloud:
            append(cloud, 0, EVENTS // 2)
            first, _ = consumers.start(), consumers.start()
            eventually(lambda: consumers.have_handled(EVENTS // 8), "the backlog is being handled", SECONDS)
            first.kill()
            consumers.start()
            append(cloud, EVENTS // 2, EVENTS * 3 // 4)
            cloud.kill()
            cloud.start()
            append(cloud, EVENTS * 3 // 4, EVENTS)
            eventually(lambda: consumers.have_handled(EVENTS), "all events are handled", SECONDS)
            for process in consumers.running[1:]:
                process.terminate()
                _, errors = process.communicate(timeout=30)
                assert process.returncode == 0, errors
    finally:
        for process in consumers.running:
            process.kill()
            process.wait()
    expected = {("s%d" % (number % STREAMS), number // STREAMS + 1) for number in range(EVENTS)}
    handled = consumers.handled()
    assert set(handled) == expected
    last = {}
    for stream, version in handled:
        if version > last.get(stream, 0):
            assert version == last.get(stream, 0) + 1, "%s: version %d before those in between" % (stream, version)
            last[stream] = version
