"""The disk fails: fsync, write and open return errors while writers append, and then it is sound again.

What an append's error leaves open, the writers settle; what was acknowledged has to be there.
"""
import errno
import random

import pytest

from cloud import CORE_TABLE, USERS, Cloud, Refused, Wire, eventually
from faults import Faults
from writers import Writers

FILLER = random.Random(1).randbytes(195_000).hex()  # what cannot be compressed
SEED = random.randrange(10**9)

# What fails, with which error, and how often (negative: until it is ended). Of three writes, two may only fill the log
# ahead, whose failure hurts nobody.
FAULTS = [
    ("fsync", errno.EIO, 1),
    ("fsync", errno.EIO, -1),
    ("write", errno.EIO, 3),
    ("write", errno.EIO, -1),
    ("write", errno.ENOSPC, -1),
    ("write", errno.EROFS, -1),
    ("open", errno.EMFILE, -1),
]


def fill_the_log(cloud):
    """So that the store begins a new one: it must open a file. (An item that is there already would write nothing.)"""
    wire, once = Wire(cloud.url), random.randrange(10**9)
    for number in range(120):
        try:
            wire.call("PutItem", {"TableName": CORE_TABLE, "Item": {
                "pk": {"S": "fat"}, "sk": {"S": "%d.%d" % (once, number)}, "text": {"S": FILLER}}})
        except Refused as refused:
            assert refused.type == "InternalServerError"


@pytest.mark.parametrize("kind, error, times", FAULTS, ids=lambda value: errno.errorcode.get(value, value))
def test_it_works_again_when_the_disk_does(tmp_path, kind, error, times, whole, figures):
    data = tmp_path / "data"
    faults = Faults(tmp_path, below=data)
    cloud = Cloud(tmp_path, USERS / "template.yaml", environment=faults.environment()).start()
    rounds = 5 if whole else 1
    with Writers(cloud, SEED) as writers:
        writers.goes_on("writers append")
        for _ in range(rounds):
            appended, before, refused = writers.count(), faults.failures(kind), writers.refused()
            eventually(lambda: writers.count() > appended + 20, "writers append")
            faults.arm(kind, error, times)
            if kind == "open":
                fill_the_log(cloud)
            eventually(lambda: faults.failures(kind) > before, "the fault is met")
            if times < 0 and kind != "open":
                eventually(lambda: writers.refused() > refused, "appends are refused")
            faults.end(kind)
            writers.goes_on("writers append again")
            assert cloud.answers()
    refusals = [line for line in cloud.output().splitlines() if line.endswith("; trying again")]
    assert len(refusals) <= rounds + faults.failures(kind), "one line for a failure, not one for a request"
    writers.check(cloud)
    cloud.kill()
    cloud.start()
    writers.check_streams(cloud)
    cloud.stop()
    figures(failed_calls=faults.failures(kind), appends=len(writers.acknowledged), refused=writers.refused())
