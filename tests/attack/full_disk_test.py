"""A disk that is full: writes are refused, reads answered, and nothing that was acknowledged is lost.

Two ways: a limit on the size of a file (always possible, and it can be taken away while the cloud runs), and a real
file system that is too small (where one can be mounted).
"""
import random
import resource
import signal
import subprocess

import pytest

from cloud import LOG_TABLE, Cloud, Refused, Wire, eventually

FILLER = random.Random(1).randbytes(50_000).hex()  # what cannot be compressed


def fill(cloud, limit_mb, first=1):
    """Appends until the cloud refuses; the versions that it has acknowledged."""
    wire, acknowledged = Wire(cloud.url), []
    for version in range(first, first + 1 + limit_mb * 12):
        try:
            wire.call("PutItem", {"TableName": LOG_TABLE, "ConditionExpression": "attribute_not_exists(pk)", "Item": {
                "pk": {"S": "full#1"}, "sk": {"N": str(version)}, "filler": {"S": FILLER}}})
            acknowledged.append(version)
        except Refused as refused:
            assert refused.status == 500, refused
            assert refused.type == "InternalServerError"
            return acknowledged
    raise AssertionError("the disk did not become full")


def versions(cloud):
    found, start = [], {}
    while True:
        page = cloud.call("Query", dict({"TableName": LOG_TABLE, "KeyConditionExpression": "pk = :pk", "ConsistentRead": True,
                                         "ExpressionAttributeValues": {":pk": {"S": "full#1"}}}, **start))
        found += [int(item["sk"]["N"]) for item in page["Items"]]
        assert all(item["filler"]["S"] == FILLER for item in page["Items"])
        if "LastEvaluatedKey" not in page:
            return found
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


def check(found, acknowledged):
    """Everything acknowledged is there; a write that was refused may be there or not, but only the last one."""
    assert found in (acknowledged, acknowledged + [acknowledged[-1] + 1])


def test_files_that_cannot_grow(tmp_path):
    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4 << 20, resource.RLIM_INFINITY))

    cloud = Cloud(tmp_path)
    cloud.start(preexec_fn=limit, restore_signals=False)
    acknowledged = fill(cloud, 100)
    assert len(acknowledged) > 5
    check(versions(cloud), acknowledged)
    eventually(lambda: cloud.answers())
    resource.prlimit(cloud.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    cloud.kill()
    with cloud:
        check(versions(cloud), acknowledged)
        cloud.append("after", 1)


@pytest.fixture
def small_disk(tmp_path):
    folder = tmp_path / "small"
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)], capture_output=True, text=True)
    if done.returncode != 0:
        pytest.skip("no file system can be mounted here: " + done.stderr.strip())
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_disk_that_is_full(small_disk, tmp_path):
    cloud = Cloud(tmp_path / "run")
    cloud.data = small_disk / "data"
    cloud.start()
    acknowledged = fill(cloud, 60)
    check(versions(cloud), acknowledged)
    assert cloud.answers()
    cloud.kill()
    subprocess.run(["mount", "-o", "remount,size=200m", str(small_disk)], check=True)
    with cloud:
        check(versions(cloud), acknowledged)
        cloud.append("after", 1)


def test_goes_on_when_there_is_room_again(small_disk, tmp_path):
    """Without a restart: the store takes up writing again by itself, as often as the disk becomes full."""
    cloud = Cloud(tmp_path / "run")
    cloud.data = small_disk / "data"
    with cloud:
        acknowledged, size = fill(cloud, 60), 24
        for round in range(2):
            size *= 3
            subprocess.run(["mount", "-o", "remount,size=%dm" % size, str(small_disk)], check=True)

            def written():
                try:
                    cloud.call("PutItem", {"TableName": LOG_TABLE, "Item": {
                        "pk": {"S": "full#1"}, "sk": {"N": str(acknowledged[-1] + 1)}, "filler": {"S": FILLER}}})
                    return True
                except Refused as refused:
                    assert refused.status == 500, refused
                    return False
            eventually(written, "the store writes again")
            acknowledged.append(acknowledged[-1] + 1)
            check(versions(cloud), acknowledged)
            acknowledged += fill(cloud, 1000, acknowledged[-1] + 1)
        # Little room, less than the store's buffers; it says both once, whatever the number of requests.
        size += 4
        subprocess.run(["mount", "-o", "remount,size=%dm" % size, str(small_disk)], check=True)
        eventually(written, "the store writes again")
        acknowledged.append(acknowledged[-1] + 1)
        assert cloud.output().count("the store refuses writes") == 3, cloud.output()
        assert cloud.output().count("the store works again after") == 3, cloud.output()
        cloud.kill()
        subprocess.run(["mount", "-o", "remount,size=%dm" % (size * 3), str(small_disk)], check=True)
        cloud.start()
        check(versions(cloud), acknowledged)
