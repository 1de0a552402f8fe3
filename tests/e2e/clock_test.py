"""What passes with time, without waiting: the cloud's clock is moved."""
import json
import time
import urllib.request

import pytest

from cloud import LOG_TABLE, Cloud, Refused, app, eventually
from cloud import records as app_records

HOUR = 3_600_000


@pytest.fixture
def cloud(tmp_path):
    with Cloud(tmp_path) as running:
        yield running


def stream(cloud):
    arn = cloud.call("ListStreams", {"TableName": LOG_TABLE}, "DynamoDBStreams_20120810")["Streams"][0]["StreamArn"]
    shards = cloud.call("DescribeStream", {"StreamArn": arn}, "DynamoDBStreams_20120810")["StreamDescription"]["Shards"]
    return arn, shards


def records(cloud):
    arn, shards = stream(cloud)
    found = []
    for shard in shards:
        iterator = cloud.call("GetShardIterator", {"StreamArn": arn, "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"},
                              "DynamoDBStreams_20120810")["ShardIterator"]
        while iterator:
            answer = cloud.call("GetRecords", {"ShardIterator": iterator}, "DynamoDBStreams_20120810")
            if not answer["Records"]:
                break
            found += answer["Records"]
            iterator = answer.get("NextShardIterator")
    return found


def test_the_clock_says_what_time_it_is(cloud):
    before = json.loads(cloud.move_clock(0))["now"]
    after = json.loads(cloud.move_clock(48 * HOUR))["now"]
    assert after > before and after[:10] != before[:10]
    date = urllib.request.urlopen(cloud.url + "/", timeout=5).headers["Date"]
    assert date


def test_items_expire_and_their_records_are_the_services_own(cloud):
    expires = int(time.time()) + 3600
    cloud.call("PutItem", {"TableName": LOG_TABLE, "Item": {"pk": {"S": "users#old#stream"}, "sk": {"N": "1"}, "ttl": {"N": str(expires)}}})
    cloud.call("PutItem", {"TableName": LOG_TABLE, "Item": {"pk": {"S": "users#kept#stream"}, "sk": {"N": "1"}}})
    key = {"pk": {"S": "users#old#stream"}, "sk": {"N": "1"}}
    assert "Item" in cloud.call("GetItem", {"TableName": LOG_TABLE, "Key": key})
    cloud.move_clock(2 * HOUR)
    eventually(lambda: "Item" not in cloud.call("GetItem", {"TableName": LOG_TABLE, "Key": key}), "the item expires")
    assert cloud.call("Scan", {"TableName": LOG_TABLE})["Count"] == 1
    removed = [record for record in records(cloud) if record["eventName"] == "REMOVE"]
    assert len(removed) == 1
    assert {name.lower(): value for name, value in removed[0]["userIdentity"].items()} == {
        "type": "Service", "principalid": "dynamodb.amazonaws.com"}


def test_change_records_are_kept_for_24_hours(cloud):
    cloud.append("1", 1)
    arn, shards = stream(cloud)
    first = records(cloud)[0]["dynamodb"]["SequenceNumber"]
    cloud.move_clock(23 * HOUR)
    assert len(records(cloud)) == 1
    cloud.move_clock(2 * HOUR)
    eventually(lambda: records(cloud) == [], "the record is trimmed")
    with pytest.raises(Refused) as refused:
        iterator = cloud.call("GetShardIterator", {"StreamArn": arn, "ShardId": shards[0]["ShardId"], "SequenceNumber": first,
                                                   "ShardIteratorType": "AT_SEQUENCE_NUMBER"}, "DynamoDBStreams_20120810")
        cloud.call("GetRecords", {"ShardIterator": iterator["ShardIterator"]}, "DynamoDBStreams_20120810")
    assert refused.value.type in ("TrimmedDataAccessException", "ResourceNotFoundException")
    cloud.append("1", 2)
    assert [record["dynamodb"]["Keys"]["sk"] for record in records(cloud)] == [{"N": "2"}]


def test_iterators_expire_after_15_minutes(cloud):
    cloud.append("1", 1)
    arn, shards = stream(cloud)
    iterator = cloud.call("GetShardIterator", {"StreamArn": arn, "ShardId": shards[0]["ShardId"], "ShardIteratorType": "TRIM_HORIZON"},
                          "DynamoDBStreams_20120810")["ShardIterator"]
    cloud.move_clock(14 * 60_000)
    assert len(cloud.call("GetRecords", {"ShardIterator": iterator}, "DynamoDBStreams_20120810")["Records"]) == 1
    cloud.move_clock(2 * 60_000)
    with pytest.raises(Refused) as refused:
        cloud.call("GetRecords", {"ShardIterator": iterator}, "DynamoDBStreams_20120810")
    assert refused.value.type == "ExpiredIteratorException"


@pytest.mark.parametrize("settle, condition, attempts", [(True, "RetriesExhausted", 3), (False, "EventAgeExceeded", 1)])
def test_a_move_delivers_what_is_due_on_its_way(tmp_path, settle, condition, attempts):
    """Retries are an hour apart, and an event may be six hours old."""
    template = app("failures", tmp_path, RETRIES=2, AGE=21600)
    with Cloud(tmp_path, template, retry_delay_ms=HOUR) as cloud:
        cloud.append("poison", 1)
        eventually(lambda: app_records(template.parent, "attempts"), "the first attempt fails")
        eventually(lambda: cloud.archived_keys(), "the event is archived")
        cloud.move_clock(25 * HOUR, settle=settle)
        failed = eventually(lambda: app_records(template.parent, "failures"), "the record arrives")
        context = failed[0]["record"]["requestContext"]
        assert context["condition"] == condition
        assert context["approximateInvokeCount"] == len(app_records(template.parent, "attempts")) == attempts


def test_only_the_time_in_which_the_cloud_ran_counts(tmp_path):
    """The moved time of day is gone after a restart, the time in which the cloud ran is not."""
    with Cloud(tmp_path) as cloud:
        cloud.append("1", 1)
        for end in (cloud.stop, cloud.kill):
            cloud.move_clock(11 * HOUR)
            end()
            cloud.start()
            assert len(records(cloud)) == 1
        cloud.move_clock(2 * HOUR)
        assert records(cloud) == [], "24 hours in three runs"


def test_a_loaded_snapshot_goes_on_from_its_own_time(cloud, tmp_path):
    cloud.append("1", 1)
    cloud.move_clock(23 * HOUR)
    cloud.ddblog("snapshot", "save", tmp_path / "file")
    cloud.move_clock(30 * HOUR)
    cloud.ddblog("snapshot", "load", tmp_path / "file", "--yes")
    assert len(records(cloud)) == 1
    cloud.move_clock(2 * HOUR)
    assert records(cloud) == []


def test_the_greeting_says_what_waited(tmp_path):
    template = app("failures", tmp_path, RETRIES=2, AGE=21600)
    cloud = Cloud(tmp_path, template, retry_delay_ms=HOUR)
    with cloud:
        assert "  waiting " not in cloud.output()
        cloud.append("poison", 1)
        eventually(lambda: app_records(template.parent, "attempts"), "the first attempt fails")
        cloud.restart()
        eventually(lambda: "  waiting    1 invocation\n" in cloud.output(), "it says so")


def test_the_trigger_goes_on_after_days(cloud):
    cloud.append("1", 1)
    eventually(lambda: len(cloud.archived_keys()) == 1)
    for day in range(1, 4):
        cloud.move_clock(24 * HOUR)
        cloud.append("1", 1 + day)
        eventually(lambda: len(cloud.archived_keys()) == 1 + day, "day %d is archived" % day)
