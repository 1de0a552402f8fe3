"""The time of day jumps: the cloud is off for a day, or the machine's clock is set back while it runs.

Only time in which the cloud runs may expire anything.
"""
import os
import signal

import pytest

from cloud import LOG_TABLE, Cloud, Wire, app, eventually, records
from faults import Faults

HOUR = 3600         # seconds
MINUTE_MS = 60_000


@pytest.fixture
def machine(tmp_path):
    return Faults(tmp_path)


def append(cloud, count):
    """`count` events of as many streams, 100 in a transaction."""
    wire = Wire(cloud.url)
    for first in range(0, count, 100):
        wire.call("TransactWriteItems", {"TransactItems": [{"Put": {"TableName": LOG_TABLE, "Item": {
            "pk": {"S": "users#u%d#stream" % number}, "sk": {"N": "1"}, "log": {"S": "users"}, "type": {"S": "signup"},
            "payload": {"M": {"id": {"S": "u%d" % number}}}}}} for number in range(first, min(first + 100, count))]})


def stall(cloud, function):
    """The processes of a function stand still: what it should handle waits."""
    for pid in eventually(lambda: cloud.children_with(function), "the function runs"):
        os.kill(pid, signal.SIGSTOP)


@pytest.mark.parametrize("stopped_by", ["kill", "stop"])
def test_a_backlog_outlives_a_day_in_which_the_cloud_is_off(tmp_path, machine, stopped_by, whole, figures):
    count = 5_000 if whole else 1_000
    cloud = Cloud(tmp_path / "run", app("failures", tmp_path, RETRIES=0, AGE=21600), environment=machine.environment(),
                  arguments=["--concurrency", "1"])
    cloud.start()
    stall(cloud, "trigger")
    append(cloud, count)
    archived = len(cloud.archived_keys())
    assert archived < count
    getattr(cloud, stopped_by)()
    machine.set_time_of_day(25 * HOUR)
    with cloud:
        eventually(lambda: len(cloud.archived_keys()) >= count, "every event reaches the archive", 60)
        eventually(lambda: len({one["id"] for one in records(tmp_path / "failures", "handled")}) == count, "all are handled", 60)
        assert len(cloud.archived_keys()) == count
        assert not records(tmp_path / "failures", "failures")
        assert "waiting" in cloud.output(), "the greeting says what was waiting"
    figures(events=count, waited=count - archived)


def test_invocations_outlive_seven_hours_in_which_the_cloud_is_off(tmp_path, machine, whole, figures):
    count = 1_000 if whole else 300
    cloud = Cloud(tmp_path / "run", app("failures", tmp_path, RETRIES=0, AGE=21600), environment=machine.environment(),
                  arguments=["--concurrency", "1"])
    cloud.start()
    stall(cloud, "handler")
    append(cloud, count)
    eventually(lambda: len(cloud.archived_keys()) == count, "all are on the bus", 30)
    cloud.kill()
    machine.set_time_of_day(7 * HOUR)
    with cloud:
        eventually(lambda: len({one["id"] for one in records(tmp_path / "failures", "handled")}) == count, "all are handled", 60)
        assert not records(tmp_path / "failures", "failures")
    figures(invocations=count)


def attempts(folder):
    return [one for one in records(folder / "failures", "attempts") if one["id"] == "poison"]


def test_nothing_stands_still_when_the_clock_is_set_back(tmp_path, machine):
    with Cloud(tmp_path / "run", app("failures", tmp_path, RETRIES=2, AGE=21600),
               environment=machine.environment(), retry_delay_ms=MINUTE_MS) as cloud:
        append(cloud, 10)
        cloud.append("poison", 1)
        eventually(lambda: attempts(tmp_path), "it is tried")
        machine.set_time_of_day(-HOUR)
        cloud.append("later", 1)
        cloud.settle(advance=3 * MINUTE_MS)  # two retries; the hour does not delay them
        assert records(tmp_path / "failures", "failures"), "it is tried again, and given up"
        assert len(attempts(tmp_path)) == 3
        assert len(cloud.archived_keys()) == 12, "the archive goes on"
