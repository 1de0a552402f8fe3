"""`dynamodb-log export` and `import`: tables as DynamoDB exports them to S3 (DynamoDB JSON, gzip)."""
import base64
import contextlib
import gzip
import hashlib
import json
import sqlite3
import threading

import pytest

from cloud import CORE_TABLE, LOG_TABLE, Cloud, Wire, eventually

CREATE = {
    "TableName": "orders", "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}, {"AttributeName": "at", "AttributeType": "N"},
                             {"AttributeName": "b", "AttributeType": "B"}],
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "at", "KeyType": "RANGE"}],
    "GlobalSecondaryIndexes": [{"IndexName": "by-b", "KeySchema": [{"AttributeName": "b", "KeyType": "HASH"}],
                                "Projection": {"ProjectionType": "ALL"}}]}

EVERY_TYPE = {
    "id": {"S": "\u00e9\U0001f600\"\\\n#"}, "at": {"N": "-1.2345678901234567890123456789012345678"}, "b": {"B": "AAEC/w=="},
    "t": {"BOOL": True}, "f": {"BOOL": False}, "z": {"NULL": True}, "e": {"S": ""}, "eb": {"B": ""},
    "ss": {"SS": ["a", "\u00e4"]}, "ns": {"NS": ["1", "2.5", "99999999999999999999999999999999999999"]}, "bs": {"BS": ["AA==", "AAE="]},
    "m": {"M": {"l": {"L": [{"M": {}}, {"L": []}, {"N": "0"}]}}}}


@pytest.fixture(scope="module")
def cloud(tmp_path_factory):
    with Cloud(tmp_path_factory.mktemp("cloud")) as running:
        yield running


def scan(cloud, table):
    items = cloud.client("dynamodb").get_paginator("scan").paginate(TableName=table, ConsistentRead=True).build_full_result()["Items"]
    return sorted((json.dumps(item, sort_keys=True, default=lambda value: base64.b64encode(value).decode()) for item in items))


def create_file(cloud, **more):
    file = cloud.folder / "create.json"
    file.write_text(json.dumps(dict(CREATE, **more)))
    return file


def exported(directory):
    """The one export in a directory: its folder and its items, checked as a reader of DynamoDB's exports checks them."""
    [folder] = (directory / "AWSDynamoDB").iterdir()
    summary = json.loads((folder / "manifest-summary.json").read_text())
    items = []
    for line in (folder / "manifest-files.json").read_text().splitlines():
        entry = json.loads(line)
        content = (directory / entry["dataFileS3Key"]).read_bytes()
        assert base64.b64encode(hashlib.md5(content).digest()).decode() == entry["md5Checksum"]
        lines = gzip.decompress(content).decode().splitlines()
        assert len(lines) == entry["itemCount"]
        items += [json.loads(one)["Item"] for one in lines]
    assert summary["itemCount"] == len(items)
    return folder, summary, items


def test_there_and_back_with_every_type_and_indexes(cloud):
    dynamodb = cloud.client("dynamodb")
    cloud.call("CreateTable", CREATE)
    cloud.call("PutItem", {"TableName": "orders", "Item": EVERY_TYPE})
    for first in range(0, 1000, 25):
        cloud.call("BatchWriteItem", {"RequestItems": {"orders": [
            {"PutRequest": {"Item": {"id": {"S": "x"}, "at": {"N": str(number)}, "filler": {"S": "f" * 3000}}}}
            for number in range(first, first + 25)]}})
    done = cloud.ddblog("export", "orders", cloud.folder / "out")
    assert done.stdout.startswith("1001 items exported to ")
    folder, summary, items = exported(cloud.folder / "out")
    assert EVERY_TYPE in items
    table = cloud.call("DescribeTable", {"TableName": "orders"})["Table"]
    assert (summary["tableArn"], summary["tableId"]) == (table["TableArn"], table["TableId"])
    assert summary["outputFormat"] == "DYNAMODB_JSON" and summary["exportType"] == "FULL_EXPORT"

    done = cloud.ddblog("import", "copies", cloud.folder / "out", "--create", create_file(cloud))
    assert done.stdout == "1001 items imported into copies\n"
    assert scan(cloud, "copies") == scan(cloud, "orders")
    found = dynamodb.query(TableName="copies", IndexName="by-b", KeyConditionExpression="b = :b",
                           ExpressionAttributeValues={":b": {"B": b"\0\1\2\xff"}})
    assert found["Count"] == 1
    described = cloud.call("DescribeTable", {"TableName": "copies"})["Table"]
    assert described["ItemCount"] == 1001
    # Again, into what is there: the same items.
    cloud.ddblog("import", "copies", folder)
    assert scan(cloud, "copies") == scan(cloud, "orders")


def test_an_export_is_of_one_moment(cloud):
    """Two items are always written together, in one transaction: an export never has one without the other."""
    stopping, wire = threading.Event(), Wire(cloud.url)

    def write():
        number = 0
        while not stopping.is_set():
            number += 1
            wire.call("TransactWriteItems", {"TransactItems": [
                {"Put": {"TableName": CORE_TABLE, "Item": {"pk": {"S": side + str(number % 500)}, "sk": {"S": "x"},
                                                           "n": {"N": str(number)}, "filler": {"S": "f" * 4000}}}} for side in "ab"]})

    writer = threading.Thread(target=write)
    writer.start()
    try:
        eventually(lambda: cloud.call("DescribeTable", {"TableName": CORE_TABLE})["Table"]["ItemCount"] > 600)
        for round in range(3):
            out = cloud.folder / ("moment%d" % round)
            cloud.ddblog("export", CORE_TABLE, out)
            _, _, items = exported(out)
            numbers = {item["pk"]["S"]: item["n"]["N"] for item in items}
            assert len(numbers) > 600
            assert all(numbers["b" + pk[1:]] == n for pk, n in numbers.items() if pk[0] == "a"), "not one moment"
    finally:
        stopping.set()
        writer.join()


def test_what_is_imported_is_in_the_stream(cloud):
    file = cloud.folder / "data.json"
    file.write_text('{"Item": {"id": {"S": "1"}, "at": {"N": "1"}}}\n{"Item": {"id": {"S": "1"}, "at": {"N": "1"}, "v": {"N": "2"}}}\n')
    stream = {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}}
    cloud.ddblog("import", "streamed", file, "--create", create_file(cloud, **stream))
    streams = "DynamoDBStreams_20120810"
    arn = cloud.call("DescribeTable", {"TableName": "streamed"})["Table"]["LatestStreamArn"]
    shard = cloud.call("DescribeStream", {"StreamArn": arn}, streams)["StreamDescription"]["Shards"][0]["ShardId"]
    iterator = cloud.call("GetShardIterator", {"StreamArn": arn, "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON"}, streams)
    records = cloud.call("GetRecords", iterator, streams)["Records"]
    assert [record["eventName"] for record in records] == ["INSERT", "MODIFY"]  # of one key: in the file's order


def test_an_incremental_export(cloud):
    cloud.call("CreateTable", dict(CREATE, TableName="changed"))
    for n in "123":
        cloud.call("PutItem", {"TableName": "changed", "Item": {"id": {"S": n}, "at": {"N": "1"}}})
    lines = [{"Metadata": {"WriteTimestampMicros": {"N": "1"}}, "Keys": {"id": {"S": "1"}, "at": {"N": "1"}},
              "NewImage": {"id": {"S": "1"}, "at": {"N": "1"}, "v": {"S": "new"}}, "OldImage": {"id": {"S": "1"}, "at": {"N": "1"}}},
             {"Metadata": {"WriteTimestampMicros": {"N": "2"}}, "Keys": {"id": {"S": "2"}, "at": {"N": "1"}}}]
    file = cloud.folder / "changes.json.gz"
    file.write_bytes(gzip.compress("".join(json.dumps(line) + "\n" for line in lines).encode()))
    cloud.ddblog("import", "changed", file)
    assert [json.loads(item) for item in scan(cloud, "changed")] == [
        {"id": {"S": "1"}, "at": {"N": "1"}, "v": {"S": "new"}}, {"id": {"S": "3"}, "at": {"N": "1"}}]


def test_what_people_have_can_be_imported(cloud):
    cloud.call("CreateTable", dict(CREATE, TableName="moved"))
    key = '{"id": {"S": "%d"}, "at": {"N": "1"}}'
    for name, content in (("scan.json", '{"Items": [%s], "Count": 1}' % (key % 1)), ("list.json", '[{"id": "2", "at": 1}]'),
                          ("write.json", '{"moved": [{"PutRequest": {"Item": %s}}]}' % (key % 3)), ("rows.csv", "id,at\n4,1\n")):
        (cloud.folder / name).write_text(content)
        assert cloud.ddblog("import", "moved", cloud.folder / name).stdout == "1 items imported into moved\n"
    assert sorted(json.loads(item)["id"]["S"] for item in scan(cloud, "moved")) == ["1", "2", "3", "4"]


def test_an_old_archive_can_be_imported(cloud):
    """Its events become items of the log table; it has the four columns of the predecessor."""
    detail = {"key": {"pk": "users#7#stream", "sk": 1}, "log": "users", "type": "signup", "payload": {"id": "7"}}
    file = cloud.folder / "old.sqlite"
    with contextlib.closing(sqlite3.connect(file)) as archive, archive:
        archive.execute("create table events (createdAt text, log text, type text, event text)")
        for one in (detail, {"log": "users"}):
            archive.execute("insert into events values (?, ?, ?, ?)", ("2020-01-01T00:00:00.000Z", "users", "signup",
                                                                       json.dumps({"detail": one})))
    done = cloud.ddblog("import", LOG_TABLE, file)
    assert done.stdout == "1 items imported into %s, 1 were skipped (not events of the log)\n" % LOG_TABLE
    item = cloud.call("GetItem", {"TableName": LOG_TABLE, "Key": {"pk": {"S": "users#7#stream"}, "sk": {"N": "1"}}})["Item"]
    assert item["type"] == {"S": "signup"}


def test_refusals_write_nothing(cloud):
    cloud.call("CreateTable", dict(CREATE, TableName="empty"))
    good = '{"Item": {"id": {"S": "1"}, "at": {"N": "1"}}}\n'
    for name, content, words in (("line.json", good + "{\n", "line 2"), ("types.json", good + '{"Item": {"id": {"X": "1"}}}', "line 2"),
                                 ("cut.json.gz", gzip.compress(good.encode())[:-3], "cut off"), ("other.json", "hello", "it is neither JSON nor CSV"),
                                 ("items.csv", "id,at\n1,many\n", "line 2"),
                                 ("scan.json", '{"Items": [{"id": {"S": "1"}}], "Count": 1}', "line 1")):
        file = cloud.folder / name
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        refused = cloud.ddblog("import", "empty", file, check=False)
        assert refused.returncode == 1 and words in refused.stderr and refused.stderr.count("\n") == 1, refused
    missing = cloud.ddblog("import", "empty", cloud.folder / "nowhere", check=False)
    assert missing.returncode == 1
    assert cloud.ddblog("import", "no-such-table", cloud.folder / "data.json", check=False).returncode == 5
    assert cloud.ddblog("import", "empty", cloud.folder / "data.json", "--create", create_file(cloud), check=False).returncode == 5
    assert cloud.ddblog("export", "no-such-table", cloud.folder / "never", check=False).returncode == 2
    assert not (cloud.folder / "never").exists()
    assert scan(cloud, "empty") == []
    # What the table cannot hold, in the service's words: also when it is the last of many.
    file = cloud.folder / "keyless.json"
    file.write_text(good + '{"Item": {"id": {"S": "1"}}}\n')
    for more in ((), ("--create", create_file(cloud))):
        refused = cloud.ddblog("import", "empty" if not more else "never-made", file, *more, check=False)
        assert refused.returncode == 1 and "line 2: One or more parameter values were invalid: Missing the key at" in refused.stderr, refused
    assert scan(cloud, "empty") == []
    assert "never-made" not in cloud.call("ListTables", {})["TableNames"]
    (cloud.folder / "bad-create.json").write_text('{"KeySchema": []}')
    refused = cloud.ddblog("import", "never-made", cloud.folder / "data.json", "--create", cloud.folder / "bad-create.json", check=False)
    assert refused.returncode == 2 and refused.stderr.count("\n") == 1, refused
