"""PartiQL by the AWS CLI and by boto3."""
import decimal
import json

import boto3
import botocore.exceptions
import pytest

from cloud import REGION, Cloud

TABLE = "music"


@pytest.fixture(scope="module")
def cloud(folder):
    with Cloud(folder) as running:
        running.client("dynamodb").create_table(
            TableName=TABLE, BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "artist", "AttributeType": "S"}, {"AttributeName": "song", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "artist", "KeyType": "HASH"}, {"AttributeName": "song", "KeyType": "RANGE"}])
        yield running


@pytest.fixture(scope="module")
def table(cloud):
    resource = boto3.resource("dynamodb", endpoint_url=cloud.url, region_name=REGION, aws_access_key_id="local",
                              aws_secret_access_key="local")
    return resource.meta.client


def execute(client, statement, *parameters, **more):
    if parameters:
        more["Parameters"] = list(parameters)
    return client.execute_statement(Statement=statement, **more)


def refusal(call):
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        call()
    return refused.value.response


def test_the_cli_writes_and_reads(cloud):
    statement = "INSERT INTO music VALUE {'artist': 'No One', 'song': 'Call Me', 'awards': 1, 'genres': <<'pop', 'rock'>>}"
    assert cloud.aws_json("dynamodb", "execute-statement", "--statement", statement) == {"Items": []}
    again = cloud.aws("dynamodb", "execute-statement", "--statement", statement, check=False)
    assert again.returncode != 0
    assert "An error occurred (DuplicateItemException) when calling the ExecuteStatement operation: " \
           "Duplicate primary key exists in table" in again.stderr
    assert cloud.aws_json("dynamodb", "execute-statement", "--statement",
                          "UPDATE \"music\" SET awards = awards + ? WHERE artist = 'No One' AND song = 'Call Me' RETURNING MODIFIED NEW *",
                          "--parameters", '[{"N": "4"}]') == {"Items": [{"awards": {"N": "5"}}]}
    answer = cloud.aws_json("dynamodb", "execute-statement", "--consistent-read", "--statement",
                            "SELECT song, awards, genres FROM \"music\" WHERE artist = 'No One' AND contains(genres, 'pop')")
    assert answer["Items"] == [{"song": {"S": "Call Me"}, "awards": {"N": "5"}, "genres": {"SS": ["pop", "rock"]}}]


def test_the_cli_runs_batches_and_transactions(cloud):
    batch = [{"Statement": "INSERT INTO music VALUE {'artist': 'Batch', 'song': ?}", "Parameters": [{"S": str(number)}]} for number in range(3)]
    answer = cloud.aws_json("dynamodb", "batch-execute-statement", "--statements", json.dumps(batch))
    assert answer["Responses"] == [{"TableName": TABLE}] * 3
    transaction = [{"Statement": "EXISTS(SELECT * FROM music WHERE artist = 'Batch' AND song = '0' AND awards IS MISSING)"},
                   {"Statement": "DELETE FROM music WHERE artist = 'Batch' AND song = '1'"}]
    assert cloud.aws_json("dynamodb", "execute-transaction", "--transact-statements", json.dumps(transaction)) == {"Responses": []}
    left = cloud.aws_json("dynamodb", "execute-statement", "--statement", "SELECT song FROM music WHERE artist = 'Batch' ORDER BY song DESC")
    assert [item["song"]["S"] for item in left["Items"]] == ["2", "0"]


def test_boto3_binds_values_of_every_type(table):
    item = {"artist": "Types", "song": "1", "n": decimal.Decimal("12345678901234567890.5"), "s": {"a", "b"}, "ns": {decimal.Decimal(1)},
            "b": b"\x00\xff", "l": [1, {"x": None}], "t": True}
    names = sorted(item)
    statement = "INSERT INTO music VALUE {%s}" % ", ".join("'%s': ?" % name for name in names)
    assert execute(table, statement, *(item[name] for name in names))["Items"] == []
    found, = execute(table, "SELECT * FROM music WHERE artist = ? AND song = ?", "Types", "1")["Items"]
    assert dict(found, b=found["b"].value) == item


def test_boto3_pages_by_the_next_token(table):
    for number in range(25):
        execute(table, "INSERT INTO music VALUE {'artist': 'Pages', 'song': ?}", "%02d" % number)
    songs, more = [], {}
    while True:
        page = execute(table, "SELECT song FROM music WHERE artist = 'Pages'", Limit=10, **more)
        songs += [item["song"] for item in page["Items"]]
        if "NextToken" not in page:
            break
        assert page["LastEvaluatedKey"] == {"artist": "Pages", "song": songs[-1]}
        more = {"NextToken": page["NextToken"]}
    assert songs == ["%02d" % number for number in range(25)]


def test_boto3_raises_what_aws_refuses(table):
    execute(table, "INSERT INTO music VALUE {'artist': 'Refused', 'song': '1', 'n': 1}")
    update = "UPDATE music SET n = 2 WHERE artist = 'Refused' AND song = '1' AND n = 5"
    refused = refusal(lambda: execute(table, update, ReturnValuesOnConditionCheckFailure="ALL_OLD"))
    assert refused["Error"]["Code"] == "ConditionalCheckFailedException"
    assert refused["Item"] == {"artist": {"S": "Refused"}, "song": {"S": "1"}, "n": {"N": "1"}}
    refused = refusal(lambda: execute(table, "SELEC 1"))
    assert refused["Error"] == {"Code": "ValidationException",
                                "Message": "Statement wasn't well formed, can't be processed: Expected data manipulation"}
    refused = refusal(lambda: table.execute_transaction(TransactStatements=[
        {"Statement": "UPDATE music SET n = 3 WHERE artist = 'Refused' AND song = '1'"},
        {"Statement": "INSERT INTO music VALUE {'artist': 'Types', 'song': '1'}"}]))
    assert refused["Error"]["Code"] == "TransactionCanceledException"
    assert [reason["Code"] for reason in refused["CancellationReasons"]] == ["None", "DuplicateItem"]
    found, = execute(table, "SELECT n FROM music WHERE artist = 'Refused'")["Items"]
    assert found == {"n": 1}
