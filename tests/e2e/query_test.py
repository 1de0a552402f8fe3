"""query, streams and read: tables and streams looked at from the command line, here and in what stands in for AWS."""
import json
import signal

import pytest

from cloud import BINARY, Cloud, eventually
from ministack import Ministack
from terminal import Terminal

OK, FAILURE, USAGE, NOT_REACHABLE, REFUSED = 0, 1, 2, 4, 5


@pytest.fixture(scope="module")
def cloud(folder):
    with Cloud(folder) as running:
        for version in range(1, 8):
            running.append("42", version, "signup" if version == 1 else "addLocation", lat={"N": "%d.50" % version})
        running.append("7", 1, log="orders")
        running.call("CreateTable", {
            "TableName": "orders", "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in ("id", "email")],
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "GlobalSecondaryIndexes": [{"IndexName": "by-email", "Projection": {"ProjectionType": "ALL"},
                                        "KeySchema": [{"AttributeName": "email", "KeyType": "HASH"}]}]})
        for number in range(150):
            running.call("PutItem", {"TableName": "orders", "Item": {
                "id": {"S": "o%03d" % number}, "email": {"S": "%d@localhost" % (number % 2)}, "total": {"N": str(number)}}})
        yield running


def lines(cloud, *arguments):
    return [json.loads(line) for line in cloud.ddblog(*arguments).stdout.splitlines()]


def test_items_are_found_by_their_keys(cloud):
    table = ("query", "local-dynamodb-logs", "--pk", "users#42#stream")
    versions = lambda *more: [item["sk"] for item in lines(cloud, *table, *more)]
    assert versions() == [1, 2, 3, 4, 5, 6, 7]
    assert versions("--sk", ">= 6") == [6, 7]
    assert versions("--sk", "between 2 and 4") == [2, 3, 4]
    assert versions("--sk", "3") == [3]
    assert versions("--reverse", "--limit", "2") == [7, 6]
    assert versions("--filter", "type = 'addLocation' and payload.lat < 4") == [2, 3]
    assert lines(cloud, "query", "orders", "--pk", "1@localhost", "--index", "by-email", "--limit", "1")[0]["email"] == "1@localhost"


def test_a_table_is_found_by_its_stage_or_named_if_it_is_misspelt(cloud):
    assert len(lines(cloud, "query", "dynamodb-logs")) == 8
    wrong = cloud.ddblog("query", "ordres", check=False)
    assert (wrong.returncode, wrong.stderr) == (USAGE, "dynamodb-log: there is no table ordres; did you mean orders?\n")
    assert "it has by-email" in cloud.ddblog("query", "orders", "--pk", "x", "--index", "zzz", check=False).stderr
    missing = cloud.ddblog("query", check=False)
    assert (missing.returncode, missing.stderr) == (USAGE, "dynamodb-log: the table is missing: dynamodb-log query TABLE\n")


def test_a_limit_is_said(cloud):
    first = cloud.ddblog("query", "orders")
    assert (first.stdout.count("\n"), first.stderr.count("--limit 0 for all")) == (100, 1)
    assert len(lines(cloud, "query", "orders", "--limit", "0")) == 150
    # Pages whose items the filter leaves out do not end it.
    assert len(lines(cloud, "query", "orders", "--filter", "total >= 140", "--limit", "5")) == 5


def test_the_formats(cloud):
    one = ("query", "orders", "--pk", "o007", "-o")
    assert cloud.ddblog(*one, "jsonl").stdout == '{"email":"1@localhost","id":"o007","total":7}\n'
    assert json.loads(cloud.ddblog(*one, "json").stdout) == [{"id": "o007", "email": "1@localhost", "total": 7}]
    assert cloud.ddblog(*one, "table").stdout.splitlines() == ["id    email        total", "o007  1@localhost  7"]
    none = cloud.ddblog("query", "orders", "--pk", "nothing", "-o", "json")
    assert (none.stdout, none.stderr) == ("[]\n", "There are no such items.\n")


def test_what_dynamodb_rejects_is_its_error(cloud):
    done = cloud.ddblog("query", "orders", "--filter", "total >> 3", check=False)
    assert done.returncode == REFUSED and "ValidationException" in done.stderr


def test_on_a_terminal_it_asks_and_tab_completes(cloud):
    with Terminal(BINARY, "query", environment=cloud.environment_of_clients(), cwd=cloud.folder) as terminal:
        terminal.expect("Table (Tab lists them)")
        terminal.type("\t")
        assert "local-core" in terminal.expect("orders")
        terminal.type("local-d\t\n")
        terminal.expect("pk (empty: all items)")
        terminal.type("users\t\n")
        terminal.expect("sk (a value")
        terminal.type(">= 6\n")
        terminal.expect("$ dynamodb-log query local-dynamodb-logs --pk 'users#42#stream' --sk '>= 6'")
        terminal.expect("pk               sk")
        terminal.expect("users#42#stream  6")
        terminal.expect("users#42#stream  7")
        assert terminal.end() == OK


def test_ctrl_d_is_enough(cloud):
    with Terminal(BINARY, "query", environment=cloud.environment_of_clients(), cwd=cloud.folder) as terminal:
        terminal.expect("Table (Tab lists them)")
        terminal.type("\x04")
        assert terminal.end() == FAILURE


# --- streams and read ---

def test_streams_are_listed_with_their_versions(cloud):
    found = sorted((one["log"], one["id"], one["version"]) for one in lines(cloud, "streams"))
    assert found == [("orders", "7", 1), ("users", "42", 7)]
    assert [one["id"] for one in lines(cloud, "streams", "users")] == ["42"]
    limited = cloud.ddblog("streams", "--limit", "1")
    assert (limited.stdout.count("\n"), "There are more" in limited.stderr) == (1, True)
    assert cloud.ddblog("streams", "-o", "table").stdout.splitlines()[0] == "log     id  version"


def test_a_stream_is_read_from_its_end(cloud):
    versions = lambda *more: [event["version"] for event in lines(cloud, "read", "users", "42", *more)]
    assert versions("--last", "2") == [6, 7]
    assert versions("--last", "2", "--reverse") == [7, 6]
    assert versions("--reverse", "--from", "6") == [7, 6]
    assert versions("--last", "100") == [1, 2, 3, 4, 5, 6, 7]
    table = cloud.ddblog("read", "users", "42", "--last", "1", "-o", "table").stdout.splitlines()
    assert table[0].split()[:2] == ["version", "type"] and table[1].split()[:2] == ["7", "addLocation"]
    assert json.loads(cloud.ddblog("read", "users", "42", "-o", "json").stdout)[0]["payload"]["lat"] == 1.5


def test_a_stream_is_followed(cloud):
    with cloud.following("read", "users", "followed", "--follow") as reader:
        for version in (1, 2):
            cloud.append("followed", version)
            assert json.loads(reader.stdout.readline())["version"] == version
        reader.send_signal(signal.SIGINT)
        assert reader.wait(timeout=20) == OK


# --- in AWS, which ministack stands in for ---

def test_a_stage_in_aws_needs_its_name_only(folder):
    home = folder / "aws"
    home.mkdir()
    with Ministack(home) as aws:
        dynamodb = aws.client("dynamodb")
        dynamodb.create_table(
            TableName="dev-dynamodb-logs", BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}, {"AttributeName": "sk", "AttributeType": "N"}],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}])
        eventually(lambda: dynamodb.describe_table(TableName="dev-dynamodb-logs")["Table"]["TableStatus"] == "ACTIVE")
        aws.ddblog("append", "users", "1", "signup", '{"name": "Ada"}', "--stage", "dev", "--expect", "none")
        assert json.loads(aws.ddblog("read", "users", "1", "--stage", "dev").stdout)["version"] == 1
        aws.ddblog("fake-data", "--users", "5", "--stage", "dev", "--region", "us-east-1")
        items = aws.ddblog("query", "dynamodb-logs", "-s", "dev", "--filter", "type = 'signup'", "--limit", "0").stdout
        assert items.count("\n") == 6
        assert aws.ddblog("streams", "users", "--stage", "dev").stdout.count("\n") == 6
        assert json.loads(aws.ddblog("read", "users", "1", "--stage", "dev", "--last", "1").stdout)["version"] == 1
