"""Files that are damaged while the cloud is stopped: a byte flipped, a block zeroed, a file cut, emptied or removed.

After each damage the cloud either has everything that it acknowledged, or it refuses to start (or a request to answer)
and says which file is damaged, or `verify` says so. It never starts as if less had been acknowledged.
"""
import collections
import random
import re
import shutil

import pytest

from cloud import BINARY, LOG_TABLE, Cloud, NotReady, Refused, Wire, eventually, run
from damage import DAMAGES, cut, flipped, zeroed

SEED = random.randrange(10**9)
EVENTS = 1500
DAMAGED, DIFFERENT = 8, 9  # exit statuses of verify
PADDING = "x" * 100


def kind(file):
    """Which kind of file it is: the log of the store, a table of it, the archive …"""
    name = file.name
    return re.sub(r"[0-9]+", "N", name) if file.parent.name == "store" else name


def used_bytes(file):
    """Without the zeros that a log is filled with ahead: to flip one of them damages nothing that was written."""
    return max(1, len(file.read_bytes().rstrip(b"\0")))


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """A killed cloud's data: tables of the store, a log with acknowledged events, an archive with a log of its own."""
    cloud = Cloud(tmp_path_factory.mktemp("sound"))
    cloud.start()
    wire = Wire(cloud.url)
    for version in range(1, EVENTS + 1):
        wire.call("PutItem", {"TableName": LOG_TABLE, "Item": {
            "pk": {"S": "users#1#stream"}, "sk": {"N": str(version)}, "log": {"S": "users"}, "type": {"S": "noted"},
            "payload": {"M": {"id": {"S": "1"}, "padding": {"S": PADDING}}}}})
        if version == EVENTS // 2:
            cloud.restart()  # the first half is in a table now
            wire = Wire(cloud.url)
    eventually(lambda: len(cloud.archived_keys()) == EVENTS, "everything is archived", 60)
    cloud.kill()
    return cloud.data


def files_of(data):
    """One file of each kind."""
    found = {}
    for file in sorted(data.rglob("*")):
        if file.is_file() and file.stat().st_size > 0:
            found[kind(file)] = file
    return found


def count(cloud):
    found, start = 0, {}
    while True:
        page = cloud.call("Query", dict({
            "TableName": LOG_TABLE, "KeyConditionExpression": "pk = :pk", "Select": "COUNT",
            "ExpressionAttributeValues": {":pk": {"S": "users#1#stream"}}}, **start))
        found += page["Count"]
        if "LastEvaluatedKey" not in page:
            return found
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


def outcome(cloud, name):
    """"at the start", "by a request", "by verify": when the damage is noticed; "harmless": nothing is missing."""
    try:
        cloud.start()
    except NotReady as ended:
        lines = ended.output.strip().splitlines()
        assert len(lines) == 1 and lines[0].startswith("dynamodb-log: "), ended.output
        assert "--recover" in lines[0] and "snapshot" in lines[0], "the line names the ways on: " + lines[0]
        return "at the start"
    try:
        events = count(cloud)
    except Refused as refused:
        assert refused.type == "InternalServerError", refused
        eventually(lambda: name in cloud.output(), "the log names the damaged file")
        return "by a request"
    finally:
        cloud.kill()
    if run(BINARY, "verify", "--data", cloud.data, check=False).returncode in (DAMAGED, DIFFERENT):
        return "by verify"
    assert events == EVENTS, "it lost %d events and said nothing" % (EVENTS - events)
    if len(cloud.archived_keys()) == EVENTS - 1 and name == "archive.sqlite":
        # A flipped byte in what names one event: verify takes it as on its way while the change record is kept.
        return "hidden for a day"
    assert len(cloud.archived_keys()) == EVENTS
    return "harmless"


def test_damage_is_noticed(sound, tmp_path, whole, figures):
    rng = random.Random(SEED)
    print("seed", SEED)
    seen = collections.Counter()
    for name, file in files_of(sound).items():
        for damage in DAMAGES:
            for _ in range((6 if whole else 1) if damage in (flipped, zeroed, cut) else 1):
                folder = tmp_path / "damaged"
                shutil.rmtree(folder, ignore_errors=True)
                shutil.copytree(sound, folder / "data")
                place = rng.randrange(used_bytes(file))
                damaged = folder / "data" / file.relative_to(sound)
                damage(damaged, place)
                print("%s: %s at %d" % (damaged.name, damage.__name__, place), flush=True)
                noticed = outcome(Cloud(folder), damaged.name)
                print("  " + noticed, flush=True)
                seen[noticed] += 1
    figures(kinds_of_files=len(files_of(sound)), **{name.replace(" ", "_"): number for name, number in seen.items()})
