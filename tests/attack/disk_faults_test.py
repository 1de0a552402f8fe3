"""The disk fails: fsync, write and open return errors while writers append, and then it is sound again.

What an append's error leaves open, the writers settle; what was acknowledged has to be there.
"""
import errno
import random

import pytest

from cloud import USERS, Cloud, eventually
from faults import Faults
from writers import Writers

SEED = random.randrange(10**9)

# What fails, with which error, and how often (negative: until it is ended).
FAULTS = [
    ("fsync", errno.EIO, 1),
    ("fsync", errno.EIO, -1),
    ("write", errno.EIO, 1),
    ("write", errno.EIO, -1),
    ("write", errno.ENOSPC, -1),
    ("write", errno.EROFS, -1),
    ("open", errno.EMFILE, -1),
]


@pytest.mark.parametrize("kind, error, times", FAULTS, ids=lambda value: errno.errorcode.get(value, value))
def test_it_works_again_when_the_disk_does(tmp_path, kind, error, times, whole, figures):
    data = tmp_path / "data"
    faults = Faults(tmp_path, below=data)
    cloud = Cloud(tmp_path, USERS / "template.yaml", environment=faults.environment()).start()
    rounds = 5 if whole else 1
    with Writers(cloud, SEED) as writers:
        writers.goes_on("writers append")
        for _ in range(rounds):
            before = faults.failures(kind)
            faults.arm(kind, error, times)
            # An open fails only when the store begins a new file, which an append may never ask for.
            if kind != "open":
                eventually(lambda: faults.failures(kind) > before, "the fault is met")
                if times < 0:
                    refused = writers.refused()
                    eventually(lambda: writers.refused() > refused, "appends are refused")
            faults.end(kind)
            writers.goes_on("writers append again")
            assert cloud.answers()
    refusals = [line for line in cloud.output().splitlines() if "refuses writes" in line]
    assert len(refusals) <= rounds + faults.failures(kind), "one line for a failure, not one for a request"
    writers.check(cloud)
    cloud.kill()
    cloud.start()
    writers.check_streams(cloud)
    cloud.stop()
    figures(failed_calls=faults.failures(kind), appends=len(writers.acknowledged), refused=writers.refused())
