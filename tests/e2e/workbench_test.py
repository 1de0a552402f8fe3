"""What programs with a window over tables call (NoSQL Workbench's operation builder and its like): everything about a table is
looked up before anything is shown, and every kind of answer must be one that the SDK understands."""
import botocore.exceptions
import botocore.session
import botocore.utils
import pytest

from cloud import Cloud


@pytest.fixture(scope="module")
def cloud(folder):
    with Cloud(folder) as running:
        client = running.client("dynamodb")
        client.create_table(
            TableName="songs", Tags=[{"Key": "team", "Value": "music"}],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": type} for name, type in (
                ("artist", "S"), ("title", "S"), ("genre", "S"), ("year", "N"))],
            KeySchema=[{"AttributeName": "artist", "KeyType": "HASH"}, {"AttributeName": "title", "KeyType": "RANGE"}],
            GlobalSecondaryIndexes=[{
                "IndexName": "byGenre", "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["length"]},
                "KeySchema": [{"AttributeName": "genre", "KeyType": "HASH"}, {"AttributeName": "year", "KeyType": "RANGE"}],
                "ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}}],
            ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 5})
        for year in range(1990, 2000):
            client.put_item(TableName="songs", Item={
                "artist": {"S": "A%d" % (year % 3)}, "title": {"S": "T%d" % year}, "genre": {"S": "rock"},
                "year": {"N": str(year)}, "length": {"N": "3.5"}, "label": {"S": "x"}})
        yield running


@pytest.fixture
def client(cloud):
    return cloud.client("dynamodb")


def test_everything_about_a_table_is_looked_up(client):
    assert "songs" in client.list_tables(Limit=100)["TableNames"]
    table = client.describe_table(TableName="songs")["Table"]
    assert (table["TableStatus"], table["ItemCount"] >= 0, table["TableSizeBytes"] >= 0) == ("ACTIVE", True, True)
    assert table["CreationDateTime"].tzinfo
    index = table["GlobalSecondaryIndexes"][0]
    assert (index["IndexStatus"], index["Projection"]) == ("ACTIVE", {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["length"]})
    assert client.describe_time_to_live(TableName="songs")["TimeToLiveDescription"] == {"TimeToLiveStatus": "DISABLED"}
    assert client.list_tags_of_resource(ResourceArn=table["TableArn"])["Tags"] == [{"Key": "team", "Value": "music"}]
    backups = client.describe_continuous_backups(TableName="songs")["ContinuousBackupsDescription"]
    assert backups["ContinuousBackupsStatus"] == "ENABLED"
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "DISABLED"
    assert client.describe_limits()["TableMaxReadCapacityUnits"] > 0
    assert client.describe_endpoints()["Endpoints"][0]["CachePeriodInMinutes"] > 0


def test_items_are_shown_page_by_page_and_edited(client):
    seen, start = [], {}
    while True:
        page = client.scan(TableName="songs", Limit=4, ReturnConsumedCapacity="TOTAL", **start)
        assert page["ConsumedCapacity"]["TableName"] == "songs"
        seen += page["Items"]
        if "LastEvaluatedKey" not in page:
            break
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
    assert len(seen) == 10
    found = client.query(
        TableName="songs", IndexName="byGenre", KeyConditionExpression="#h = :h AND #r BETWEEN :a AND :b",
        FilterExpression="#l > :l", ExpressionAttributeNames={"#h": "genre", "#r": "year", "#l": "length"},
        ExpressionAttributeValues={":h": {"S": "rock"}, ":a": {"N": "1993"}, ":b": {"N": "1995"}, ":l": {"N": "3"}},
        ScanIndexForward=False, Select="ALL_PROJECTED_ATTRIBUTES")
    assert [item["year"]["N"] for item in found["Items"]] == ["1995", "1994", "1993"]
    assert set(found["Items"][0]) == {"artist", "title", "genre", "year", "length"}
    key = {"artist": {"S": "A0"}, "title": {"S": "edited"}}
    client.put_item(TableName="songs", Item=dict(key, note={"NULL": True}))
    client.update_item(TableName="songs", Key=key, UpdateExpression="SET #n = :n", ExpressionAttributeNames={"#n": "note"},
                       ExpressionAttributeValues={":n": {"L": [{"S": "a"}]}})
    assert client.get_item(TableName="songs", Key=key)["Item"]["note"] == {"L": [{"S": "a"}]}
    client.transact_write_items(TransactItems=[{"Delete": {"TableName": "songs", "Key": key}}])
    assert "Item" not in client.get_item(TableName="songs", Key=key)


def test_statements_are_run_in_its_editor(client):
    run = client.execute_statement
    run(Statement="""INSERT INTO "songs" VALUE {'artist': 'PartiQL', 'title': 'one', 'year': 2001, 'tags': <<'a', 'b'>>}""")
    with pytest.raises(client.exceptions.DuplicateItemException):
        run(Statement="""INSERT INTO "songs" VALUE {'artist': 'PartiQL', 'title': 'one'}""")
    run(Statement='UPDATE "songs" SET "year" = ? WHERE "artist" = ? AND "title" = ?',
        Parameters=[{"N": "2002"}, {"S": "PartiQL"}, {"S": "one"}])
    item = run(Statement="""SELECT * FROM "songs" WHERE artist = 'PartiQL'""")["Items"][0]
    assert (item["year"], sorted(item["tags"]["SS"])) == ({"N": "2002"}, ["a", "b"])
    seen, token = [], {}
    while True:
        page = run(Statement="""SELECT title FROM "songs"."byGenre" WHERE genre = 'rock' AND "year" > 1991""", Limit=3, **token)
        seen += [one["title"]["S"] for one in page["Items"]]
        if "NextToken" not in page:
            break
        token = {"NextToken": page["NextToken"]}
    assert seen == ["T%d" % year for year in range(1992, 2000)]
    answers = client.batch_execute_statement(Statements=[
        {"Statement": """SELECT * FROM "songs" WHERE artist = 'PartiQL' AND title = 'one'"""},
        {"Statement": """SELECT * FROM "nowhere" WHERE artist = 'PartiQL' AND title = 'one'"""}])["Responses"]
    assert (answers[0]["Item"]["title"]["S"], answers[1]["Error"]["Code"]) == ("one", "ResourceNotFound")
    client.execute_transaction(TransactStatements=[
        {"Statement": """DELETE FROM "songs" WHERE artist = 'PartiQL' AND title = 'one'"""},
        {"Statement": """INSERT INTO "songs" VALUE {'artist': 'PartiQL', 'title': 'two'}"""}])
    left = run(Statement="""SELECT title FROM "songs" WHERE artist = ?""", Parameters=[{"S": "PartiQL"}])["Items"]
    assert left == [{"title": {"S": "two"}}]
    run(Statement="""DELETE FROM "songs" WHERE artist = 'PartiQL' AND title = 'two'""")


def skeleton(operation):
    """What `aws dynamodb OPERATION --generate-cli-skeleton` prints: every parameter there is, with a value of its type."""
    def sendable(value):
        if isinstance(value, dict):
            return {name: sendable(one) for name, one in value.items()}
        return [sendable(one) for one in value] if isinstance(value, list) else b"" if value is None else value
    return sendable(botocore.utils.ArgumentGenerator(use_member_names=True).generate_skeleton(operation.input_shape))


MODEL = botocore.session.get_session().get_service_model("dynamodb")


@pytest.mark.parametrize("name", MODEL.operation_names)
def test_an_input_with_every_parameter_is_refused_in_the_services_own_words(cloud, name):
    """No parameter that the model knows breaks the server, nor is one of an operation that is served unknown to it."""
    client = cloud.client("dynamodb", parameter_validation=False)
    arguments = skeleton(MODEL.operation_model(name))
    if "TableName" in arguments:
        arguments["TableName"] = "nowhere"
    try:
        client._make_api_call(name, arguments)
    except botocore.exceptions.ClientError as refused:
        error = refused.response["Error"]
        assert refused.response["ResponseMetadata"]["HTTPStatusCode"] == 400, error
        assert error["Code"] == "ValidationException" or error["Code"].endswith("NotFoundException"), error
        if name in ("CreateGlobalTable", "UpdateGlobalTable"):  # AWS's own words: it has no such global tables any more
            return
        assert "not supported" not in error["Message"] and "not implemented" not in error["Message"], error
