"""boto3 against the offline cloud: clients, resources, waiters, paginators."""
import decimal
import json

import boto3
import botocore.exceptions
import pytest
from boto3.dynamodb.conditions import Attr, Key

from cloud import BUS, CORE_TABLE, LOG_TABLE, REGION, Cloud, app, eventually, records

DIGITS = decimal.Decimal("12345678901234567890.123456789012345678")  # 38 of them


@pytest.fixture(scope="module")
def cloud(folder):
    template = app("functions", folder)
    with Cloud(folder, template) as running:
        running.records = template.parent
        yield running


@pytest.fixture(scope="module")
def dynamodb(cloud):
    return boto3.resource("dynamodb", endpoint_url=cloud.url, region_name=REGION, aws_access_key_id="local",
                          aws_secret_access_key="local")


@pytest.fixture(scope="module")
def table(cloud, dynamodb):
    made = dynamodb.create_table(
        TableName="things", BillingMode="PAY_PER_REQUEST", StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}, {"AttributeName": "sk", "AttributeType": "N"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}])
    made.wait_until_exists()
    return made


def refusal(call):
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        call()
    return refused.value.response["Error"]["Code"]


def test_the_answers_checksum_and_request_id_are_there(cloud):
    metadata = cloud.client("dynamodb").list_tables()["ResponseMetadata"]
    assert len(metadata["RequestId"]) == 52
    assert "x-amz-crc32" in metadata["HTTPHeaders"]


def test_every_type_comes_back_as_it_was_put(table):
    item = {"pk": "types", "sk": 1, "text": "åäö 🎈", "empty": "", "number": DIGITS, "small": decimal.Decimal("-1E-130"),
            "large": decimal.Decimal("9.9E+37"), "yes": True, "no": False, "nothing": None, "list": [1, "a", [None]],
            "map": {"deep": {"deeper": [{"x": decimal.Decimal("1.5")}]}}, "texts": {"a", "b"},
            "numbers": {decimal.Decimal(1), decimal.Decimal("2.5")}, "binary": b"\x00\xff"}
    table.put_item(Item=item)
    found = table.get_item(Key={"pk": "types", "sk": 1}, ConsistentRead=True)["Item"]
    assert dict(found, binary=found["binary"].value) == item


def test_a_version_is_put_once(table):
    event = {"pk": "users#1#stream", "sk": 1}
    table.put_item(Item=event, ConditionExpression=Attr("pk").not_exists())
    assert refusal(lambda: table.put_item(Item=event, ConditionExpression=Attr("pk").not_exists())) == \
        "ConditionalCheckFailedException"


def test_updates_count_and_give_values_back(table):
    key = {"pk": "update", "sk": 1}
    table.put_item(Item=dict(key, count=1, list=[1]))
    answer = table.update_item(
        Key=key, UpdateExpression="SET #c = #c + :one, #l = list_append(#l, :more) REMOVE gone ADD tags :tags",
        ConditionExpression="#c = :one AND size(#l) < :two", ExpressionAttributeNames={"#c": "count", "#l": "list"},
        ExpressionAttributeValues={":one": 1, ":two": 2, ":more": [2], ":tags": {"new"}}, ReturnValues="ALL_NEW")
    assert answer["Attributes"] == dict(key, count=2, list=[1, 2], tags={"new"})


def test_pages_are_walked(cloud, table):
    with table.batch_writer() as batch:
        for number in range(60):
            batch.put_item(Item={"pk": "pages", "sk": number, "even": number % 2 == 0, "filler": "x" * 40000})
    pages = list(cloud.client("dynamodb").get_paginator("query").paginate(
        TableName="things", KeyConditionExpression="pk = :pk", ExpressionAttributeValues={":pk": {"S": "pages"}}))
    assert [item["sk"]["N"] for page in pages for item in page["Items"]] == [str(number) for number in range(60)]
    assert len(pages) >= 3  # 2.4 MB: a page ends at 1 MB
    found = table.query(KeyConditionExpression=Key("pk").eq("pages") & Key("sk").between(10, 19),
                        FilterExpression=Attr("even").eq(True), ProjectionExpression="sk", ScanIndexForward=False)
    assert [int(item["sk"]) for item in found["Items"]] == [18, 16, 14, 12, 10]
    assert (found["Count"], found["ScannedCount"]) == (5, 10)


def test_items_are_got_and_deleted_in_batches(dynamodb, table):
    keys = [{"pk": "batch", "sk": number} for number in range(30)]
    with table.batch_writer() as batch:
        for key in keys:
            batch.put_item(Item=key)
    found = dynamodb.batch_get_item(RequestItems={"things": {"Keys": keys, "ConsistentRead": True}})
    assert sorted(int(item["sk"]) for item in found["Responses"]["things"]) == list(range(30))
    assert found["UnprocessedKeys"] == {}
    with table.batch_writer() as batch:
        for key in keys:
            batch.delete_item(Key=key)
    assert table.query(KeyConditionExpression=Key("pk").eq("batch"))["Count"] == 0


def test_the_stream_shows_old_and_new_images(cloud, table):
    table.put_item(Item={"pk": "stream", "sk": 1, "a": 1})
    table.put_item(Item={"pk": "stream", "sk": 1, "a": 1})  # changes nothing: no record
    table.put_item(Item={"pk": "stream", "sk": 1, "a": 2})
    table.delete_item(Key={"pk": "stream", "sk": 1})
    streams = cloud.client("dynamodbstreams")
    arn = streams.list_streams(TableName="things")["Streams"][0]["StreamArn"]
    found = []
    for shard in streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]:
        iterator = streams.get_shard_iterator(StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
        while iterator:
            answer = streams.get_records(ShardIterator=iterator)
            if not answer["Records"]:
                break
            found += [record for record in answer["Records"] if record["dynamodb"]["Keys"]["pk"] == {"S": "stream"}]
            iterator = answer.get("NextShardIterator")
    assert [record["eventName"] for record in found] == ["INSERT", "MODIFY", "REMOVE"]
    assert [record["dynamodb"].get("OldImage", {}).get("a") for record in found] == [None, {"N": "1"}, {"N": "2"}]
    assert [record["dynamodb"].get("NewImage", {}).get("a") for record in found] == [{"N": "1"}, {"N": "2"}, None]
    assert {record["dynamodb"]["StreamViewType"] for record in found} == {"NEW_AND_OLD_IMAGES"}


def test_a_table_comes_and_goes(cloud):
    client = cloud.client("dynamodb")
    client.create_table(TableName="short-lived", BillingMode="PAY_PER_REQUEST",
                        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "B"}],
                        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}])
    client.get_waiter("table_exists").wait(TableName="short-lived", WaiterConfig={"Delay": 1, "MaxAttempts": 5})
    client.update_time_to_live(TableName="short-lived", TimeToLiveSpecification={"Enabled": True, "AttributeName": "ttl"})
    assert client.describe_time_to_live(TableName="short-lived")["TimeToLiveDescription"] == {
        "TimeToLiveStatus": "ENABLED", "AttributeName": "ttl"}
    client.delete_table(TableName="short-lived")
    client.get_waiter("table_not_exists").wait(TableName="short-lived", WaiterConfig={"Delay": 1, "MaxAttempts": 5})
    assert "short-lived" not in [name for page in client.get_paginator("list_tables").paginate() for name in page["TableNames"]]


def test_events_go_to_the_rules_that_they_match(cloud):
    events = boto3.client("events", endpoint_url=cloud.events_url, region_name=REGION, aws_access_key_id="local",
                          aws_secret_access_key="local")
    answer = events.put_events(Entries=[
        {"Source": "shop", "DetailType": "order", "Detail": json.dumps({"total": 250.50, "name": "dear"})},
        {"Source": "shop", "DetailType": "order", "Detail": json.dumps({"total": 99, "name": "cheap"})},
        {"Source": "shop", "DetailType": "order", "Detail": "[]"},
        {"Source": "shop", "Detail": "{}"}])
    assert answer["FailedEntryCount"] == 2
    assert [entry.get("ErrorCode") for entry in answer["Entries"]] == [None, None, "MalformedDetail", "InvalidArgument"]
    got = eventually(lambda: records(cloud.records, "recorder"))
    assert [one["event"]["detail"]["name"] for one in got] == ["dear"]
    event = got[0]["event"]
    assert event["id"] == answer["Entries"][0]["EventId"]
    assert set(event) == {"version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail"}
    assert (event["version"], event["region"], event["resources"]) == ("0", REGION, [])


def test_rules_are_made_used_and_removed(cloud):
    events = cloud.client("events")
    events.create_event_bus(Name="own")
    arn = events.put_rule(Name="all", EventBusName="own", EventPattern='{"source": [{"prefix": "s"}]}')["RuleArn"]
    assert arn.endswith(":rule/own/all")
    target = {"Id": "1", "Arn": "arn:aws:lambda:us-east-1:000000000000:function:recorder"}
    assert events.put_targets(Rule="all", EventBusName="own", Targets=[target])["FailedEntryCount"] == 0
    before = len(records(cloud.records, "recorder"))
    events.put_events(Entries=[{"Source": "s3", "DetailType": "own", "Detail": "{}", "EventBusName": "own"}])
    eventually(lambda: len(records(cloud.records, "recorder")) == before + 1)
    assert events.test_event_pattern(
        EventPattern='{"detail": {"a": [{"anything-but": ["x"]}]}}',
        Event=json.dumps({"id": "1", "account": "0", "source": "s", "time": "2026-01-01T00:00:00Z", "region": REGION,
                          "detail-type": "d", "detail": {"a": "y"}}))["Result"] is True
    events.disable_rule(Name="all", EventBusName="own")
    assert events.describe_rule(Name="all", EventBusName="own")["State"] == "DISABLED"
    assert events.remove_targets(Rule="all", EventBusName="own", Ids=["1"])["FailedEntryCount"] == 0
    events.delete_rule(Name="all", EventBusName="own")
    events.delete_event_bus(Name="own")
    assert refusal(lambda: events.describe_event_bus(Name="own")) == "ResourceNotFoundException"


def test_functions_are_invoked(cloud):
    functions = cloud.client("lambda")
    answer = functions.invoke(FunctionName="python", Payload=json.dumps({"number": 1}), LogType="Tail")
    assert (answer["StatusCode"], answer["ExecutedVersion"]) == (200, "$LATEST")
    assert "FunctionError" not in answer
    result = json.loads(answer["Payload"].read())
    assert result["event"] == {"number": 1}
    assert "LogResult" in answer
    assert functions.invoke(FunctionName="python", InvocationType="DryRun")["StatusCode"] == 204
    failed = functions.invoke(FunctionName="arn:aws:lambda:us-east-1:000000000000:function:throws", Payload=b"{}")
    assert failed["FunctionError"] == "Unhandled"


def test_the_default_tables_of_this_template_are_not_invented(cloud):
    """A template says what there is; only without one are the log's own tables there."""
    names = cloud.client("dynamodb").list_tables()["TableNames"]
    assert LOG_TABLE not in names and CORE_TABLE not in names
    assert BUS not in [bus["Name"] for bus in cloud.client("events").list_event_buses()["EventBuses"]]
