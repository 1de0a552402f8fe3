"""The AWS CLI against the offline cloud: what a person types first."""
import json

import pytest

from cloud import BUS, LOG_TABLE, Cloud, app, eventually, records

SIGNUP = {"pk": {"S": "users#42#stream"}, "sk": {"N": "1"}, "type": {"S": "signup"}, "log": {"S": "users"},
          "payload": {"M": {"id": {"S": "42"}, "name": {"S": "Ada"}, "email": {"S": "ada@example.com"}}}}


@pytest.fixture(scope="module")
def cloud(folder):
    template = app("failures", folder, RETRIES=0, AGE=21600)
    with Cloud(folder, template) as running:
        running.records = template.parent
        yield running


def put(cloud, item, check=True):
    return cloud.aws("dynamodb", "put-item", "--table-name", LOG_TABLE, "--item", json.dumps(item),
                     "--condition-expression", "attribute_not_exists(pk)", check=check)


def test_an_event_is_put_once_and_reaches_the_handler(cloud):
    put(cloud, SIGNUP)
    second = put(cloud, SIGNUP, check=False)
    assert second.returncode != 0
    assert "An error occurred (ConditionalCheckFailedException) when calling the PutItem operation: " \
           "The conditional request failed" in second.stderr
    handled = eventually(lambda: [one for one in records(cloud.records, "handled") if one["id"] == "42"])
    assert handled[0]["event"]["detail"] == {
        "log": "users", "key": {"pk": "users#42#stream", "sk": 1}, "type": "signup",
        "payload": {"id": "42", "name": "Ada", "email": "ada@example.com"}}
    assert handled[0]["event"]["source"] == "dynamodb-log"
    assert handled[0]["event"]["detail-type"] == "stream changes"


def test_query_gives_the_events_of_a_stream_in_order(cloud):
    for version in (1, 2, 10):
        put(cloud, dict(SIGNUP, pk={"S": "users#43#stream"}, sk={"N": str(version)}))
    answer = cloud.aws_json("dynamodb", "query", "--table-name", LOG_TABLE, "--consistent-read",
                            "--key-condition-expression", "pk = :pk and sk > :sk",
                            "--expression-attribute-values", '{":pk": {"S": "users#43#stream"}, ":sk": {"N": "1"}}')
    assert [item["sk"]["N"] for item in answer["Items"]] == ["2", "10"]
    assert (answer["Count"], answer["ScannedCount"]) == (2, 2)


def test_query_pages(cloud):
    for version in range(1, 6):
        put(cloud, dict(SIGNUP, pk={"S": "users#44#stream"}, sk={"N": str(version)}))
    answer = cloud.aws_json("dynamodb", "query", "--table-name", LOG_TABLE, "--page-size", "2",
                            "--key-condition-expression", "pk = :pk",
                            "--expression-attribute-values", '{":pk": {"S": "users#44#stream"}}')
    assert [item["sk"]["N"] for item in answer["Items"]] == ["1", "2", "3", "4", "5"]


def test_the_table_is_described_with_its_stream(cloud):
    table = cloud.aws_json("dynamodb", "describe-table", "--table-name", LOG_TABLE)["Table"]
    assert table["TableStatus"] == "ACTIVE"
    assert table["KeySchema"] == [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}]
    assert table["StreamSpecification"] == {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert LOG_TABLE in cloud.aws_json("dynamodb", "list-tables")["TableNames"]


def test_the_stream_is_read(cloud):
    put(cloud, dict(SIGNUP, pk={"S": "users#45#stream"}))
    streams = cloud.aws_json("dynamodbstreams", "list-streams", "--table-name", LOG_TABLE)["Streams"]
    assert [stream["TableName"] for stream in streams] == [LOG_TABLE]
    stream = cloud.aws_json("dynamodbstreams", "describe-stream", "--stream-arn", streams[0]["StreamArn"])["StreamDescription"]
    assert (stream["StreamStatus"], stream["StreamViewType"]) == ("ENABLED", "NEW_AND_OLD_IMAGES")
    iterator = cloud.aws_json("dynamodbstreams", "get-shard-iterator", "--stream-arn", stream["StreamArn"],
                              "--shard-id", stream["Shards"][0]["ShardId"],
                              "--shard-iterator-type", "TRIM_HORIZON")["ShardIterator"]
    found = cloud.aws_json("dynamodbstreams", "get-records", "--shard-iterator", iterator)["Records"]
    ours = [record for record in found if record["dynamodb"]["Keys"]["pk"] == {"S": "users#45#stream"}]
    assert len(ours) == 1
    assert ours[0]["eventName"] == "INSERT"
    assert ours[0]["dynamodb"]["NewImage"] == dict(SIGNUP, pk={"S": "users#45#stream"})
    assert "OldImage" not in ours[0]["dynamodb"]
    numbers = [int(record["dynamodb"]["SequenceNumber"]) for record in found]
    assert numbers == sorted(set(numbers))


def test_events_are_put_on_the_second_port(cloud):
    entry = {"Source": "dynamodb-log", "DetailType": "by hand", "EventBusName": BUS,
             "Detail": json.dumps({"log": "users", "key": {"pk": "users#46#stream", "sk": 1}, "type": "x", "payload": {"id": "46"}})}
    answer = cloud.aws_json("events", "put-events", "--entries", json.dumps([entry]), url=cloud.events_url)
    assert answer["FailedEntryCount"] == 0
    handled = eventually(lambda: [one for one in records(cloud.records, "handled") if one["id"] == "46"])
    assert handled[0]["event"]["id"] == answer["Entries"][0]["EventId"]
    assert handled[0]["event"]["detail-type"] == "by hand"


def test_rules_and_buses_are_listed(cloud):
    buses = cloud.aws_json("events", "list-event-buses", url=cloud.events_url)["EventBuses"]
    assert sorted(bus["Name"] for bus in buses) == ["default", BUS]
    rules = cloud.aws_json("events", "list-rules", "--event-bus-name", BUS, url=cloud.events_url)["Rules"]
    assert len(rules) == 1
    assert json.loads(rules[0]["EventPattern"]) == {"source": ["dynamodb-log"], "detail": {"log": ["users"]}}
    targets = cloud.aws_json("events", "list-targets-by-rule", "--event-bus-name", BUS, "--rule", rules[0]["Name"])["Targets"]
    assert targets[0]["Arn"].endswith(":function:handler")


def test_a_function_is_invoked(cloud, folder):
    event = {"detail": {"key": {"sk": 7}, "payload": {"id": "by-hand"}}}
    answer = json.loads(cloud.aws("lambda", "invoke", "--function-name", "handler", "--payload", json.dumps(event),
                                  str(folder / "answer.json")).stdout)
    assert answer == {"StatusCode": 200, "ExecutedVersion": "$LATEST"}
    assert (folder / "answer.json").read_text() == "null"
    assert [one["version"] for one in records(cloud.records, "handled") if one["id"] == "by-hand"] == [7]


def test_a_function_that_fails_says_so(cloud, folder):
    event = {"detail": {"key": {"sk": 1}, "payload": {"id": "poison-by-hand"}}}
    answer = json.loads(cloud.aws("lambda", "invoke", "--function-name", "handler", "--payload", json.dumps(event),
                                  str(folder / "answer.json")).stdout)
    assert answer == {"StatusCode": 200, "FunctionError": "Unhandled", "ExecutedVersion": "$LATEST"}
    error = json.loads((folder / "answer.json").read_text())
    assert (error["errorType"], error["errorMessage"]) == ("ValueError", "cannot handle poison-by-hand")


def test_a_function_is_invoked_later(cloud, folder):
    event = {"detail": {"key": {"sk": 1}, "payload": {"id": "later"}}}
    answer = json.loads(cloud.aws("lambda", "invoke", "--function-name", "handler", "--invocation-type", "Event",
                                  "--payload", json.dumps(event), str(folder / "answer.json")).stdout)
    assert answer == {"StatusCode": 202}
    eventually(lambda: [one for one in records(cloud.records, "handled") if one["id"] == "later"])


def test_refusals_are_aws_own(cloud):
    for arguments, words in [
        (("dynamodb", "get-item", "--table-name", "nowhere", "--key", '{"pk": {"S": "1"}}'),
         "(ResourceNotFoundException) when calling the GetItem operation"),
        (("dynamodb", "get-item", "--table-name", LOG_TABLE, "--key", '{"pk": {"S": "1"}}'),
         "(ValidationException) when calling the GetItem operation: The provided key element does not match the schema"),
        (("dynamodb", "create-table", "--table-name", LOG_TABLE, "--attribute-definitions",
          "AttributeName=pk,AttributeType=S", "--key-schema", "AttributeName=pk,KeyType=HASH", "--billing-mode",
          "PAY_PER_REQUEST"), "(ResourceInUseException) when calling the CreateTable operation"),
        (("events", "describe-rule", "--name", "nothing"), "(ResourceNotFoundException) when calling the DescribeRule operation"),
        (("lambda", "invoke", "--function-name", "nobody", "/dev/null"),
         "(ResourceNotFoundException) when calling the Invoke operation: Function not found: "
         "arn:aws:lambda:us-east-1:000000000000:function:nobody"),
    ]:
        refused = cloud.aws(*arguments, check=False)
        assert refused.returncode != 0 and words in refused.stderr, refused


def skeleton(cloud, operation, **arguments):
    """The input that --generate-cli-skeleton prints, with the arguments that this call needs filled in and no others."""
    printed = json.loads(cloud.aws("dynamodb", operation, "--generate-cli-skeleton", "input").stdout)
    assert set(arguments) <= set(printed), printed
    return "--cli-input-json", json.dumps({name: arguments[name] for name in printed if name in arguments})


def test_tables_are_made_from_skeletons_and_waited_for(cloud):
    cloud.aws("dynamodb", "create-table", *skeleton(
        cloud, "create-table", TableName="typed", BillingMode="PAY_PER_REQUEST", TableClass="STANDARD_INFREQUENT_ACCESS",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}, {"AttributeName": "at", "AttributeType": "N"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}], DeletionProtectionEnabled=False, Tags=[{"Key": "a", "Value": "b"}],
        GlobalSecondaryIndexes=[{"IndexName": "byAt", "KeySchema": [{"AttributeName": "at", "KeyType": "HASH"}],
                                 "Projection": {"ProjectionType": "KEYS_ONLY"}}]))
    cloud.aws("dynamodb", "wait", "table-exists", "--table-name", "typed")
    cloud.aws("dynamodb", "batch-write-item", *skeleton(
        cloud, "batch-write-item", RequestItems={"typed": [{"PutRequest": {"Item": {"id": {"S": str(n)}, "at": {"N": "7"}}}} for n in range(20)]}))
    first = cloud.aws_json("dynamodb", "scan", "--table-name", "typed", "--max-items", "6", "--page-size", "4")
    rest = cloud.aws_json("dynamodb", "scan", "--table-name", "typed", "--starting-token", first["NextToken"], "--page-size", "3")
    assert (len(first["Items"]), len(rest["Items"])) == (6, 14)
    assert len({item["id"]["S"] for item in first["Items"] + rest["Items"]}) == 20
    count = cloud.aws("dynamodb", "query", "--table-name", "typed", "--index-name", "byAt", "--key-condition-expression", "#a = :a",
                      "--expression-attribute-names", '{"#a": "at"}', "--expression-attribute-values", '{":a": {"N": "7.0"}}',
                      "--page-size", "3", "--query", "length(Items)").stdout
    assert count.strip() == "20"
    assert "typed" in cloud.aws_json("dynamodb", "list-tables", "--page-size", "1")["TableNames"]
    cloud.aws("dynamodb", "transact-write-items", *skeleton(cloud, "transact-write-items", ClientRequestToken="by-cli", TransactItems=[
        {"Update": {"TableName": "typed", "Key": {"id": {"S": "1"}}, "UpdateExpression": "SET n = :n",
                    "ExpressionAttributeValues": {":n": {"N": "1"}}}},
        {"Delete": {"TableName": "typed", "Key": {"id": {"S": "2"}}}}]))
    assert cloud.aws_json("dynamodb", "get-item", "--table-name", "typed", "--key", '{"id": {"S": "1"}}')["Item"]["n"] == {"N": "1"}
    assert cloud.aws("dynamodb", "get-item", "--table-name", "typed", "--key", '{"id": {"S": "2"}}').stdout == ""
    cloud.aws("dynamodb", "delete-table", "--table-name", "typed")
    cloud.aws("dynamodb", "wait", "table-not-exists", "--table-name", "typed")


@pytest.mark.parametrize("command", ["s3 ls", "s3api head-bucket --bucket b", "sns list-topics", "ssm get-parameter --name x",
                                     "apigateway get-rest-apis"])
def test_a_service_that_is_not_here_is_named_at_once(cloud, command):
    answer = cloud.aws(*command.split(), check=False)
    assert answer.returncode != 0
    service = command.split()[0].removesuffix("api")
    assert "dynamodb-log does not serve %s. " % service in answer.stderr or "(501) when calling the HeadBucket" in answer.stderr
