"""16 writers append to one stream while the server is killed again and again: no version is missing, no event is there twice.
RACE_EVENTS says how many events."""
import os
import subprocess

from cloud import LOG_TABLE, Cloud, clean_environment, eventually
from node_library_test import project  # noqa: F401

EVENTS = int(os.environ.get("RACE_EVENTS", 640))
PROCESSES, WRITERS = 4, 4
KILLS = 2
STREAM = {"S": "race#1#stream"}


def query(cloud, **options):
    return cloud.call("Query", dict(options, TableName=LOG_TABLE, KeyConditionExpression="pk = :pk", ConsistentRead=True,
                                    ExpressionAttributeValues={":pk": STREAM}))


def version(cloud):
    items = query(cloud, ScanIndexForward=False, Limit=1)["Items"]
    return int(items[0]["sk"]["N"]) if items else 0


def all_events(cloud):
    items, start = [], {}
    while True:
        page = query(cloud, **start)
        items += page["Items"]
        if "LastEvaluatedKey" not in page:
            return [(int(item["sk"]["N"]), item["eventId"]["S"]) for item in items]
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


def test_no_version_is_missing_and_no_event_is_there_twice(project, tmp_path):  # noqa: F811
    each = EVENTS // (PROCESSES * WRITERS)
    cloud = Cloud(tmp_path)
    with cloud:
        writers = [subprocess.Popen(["node", "race-writer.mjs", str(number), str(WRITERS), str(each)], cwd=project,
                                    env=clean_environment({"AWS_ENDPOINT_URL": cloud.url}), stderr=subprocess.PIPE, text=True)
                   for number in range(PROCESSES)]
        try:
            for kill in range(1, KILLS + 1):
                eventually(lambda: version(cloud) >= kill * EVENTS // (KILLS + 1), "the writers get on", 240)
                cloud.kill()
                cloud.start()
            for writer in writers:
                _, errors = writer.communicate(timeout=240)
                assert writer.returncode == 0, errors
        finally:
            for writer in writers:
                writer.kill()
                writer.wait()
        expected = {"%d/%d/%d" % (process, writer, number) for process in range(PROCESSES) for writer in range(WRITERS)
                    for number in range(each)}
        events = all_events(cloud)
        assert [version for version, _ in events] == list(range(1, len(expected) + 1))
        assert {event for _, event in events} == expected
