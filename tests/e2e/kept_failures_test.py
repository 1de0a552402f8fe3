"""What was given up is kept: shown with its stack and log lines, delivered once more, there after every restart."""
import base64
import json
import re

import pytest

from cloud import Cloud, eventually, records

REFUSED, USAGE, NOT_REACHABLE = 5, 2, 4

# Fails while the file "broken" is there.
HANDLER = """
import json
import os
HERE = os.path.dirname(os.path.abspath(__file__))

def handle(event, context):
    print("this is attempt", context.aws_request_id)
    if os.path.exists(os.path.join(HERE, "broken")):
        raise ValueError("cannot handle " + json.dumps(event)[:60])
    with open(os.path.join(HERE, "handled.jsonl"), "a") as file:
        file.write(json.dumps(event) + "\\n")
    return "fine"
"""
TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Handler:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: handler
      Runtime: python3.12
      Handler: index.handle
      CodeUri: .
      Timeout: 10
  Reader:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: reader
      Runtime: python3.12
      Handler: index.handle
      CodeUri: .
      Timeout: 10
      Events:
        Orders:
          Type: DynamoDB
          Properties:
            Stream: !GetAtt Orders.StreamArn
            StartingPosition: TRIM_HORIZON
            MaximumRetryAttempts: 0
  Orders:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: orders
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: pk, AttributeType: S}]
      KeySchema: [{AttributeName: pk, KeyType: HASH}]
      StreamSpecification: {StreamViewType: NEW_AND_OLD_IMAGES}
"""


@pytest.fixture
def cloud(tmp_path):
    code = tmp_path / "code"
    code.mkdir()
    (code / "index.py").write_text(HANDLER)
    (code / "template.yaml").write_text(TEMPLATE)
    (code / "broken").touch()
    cloud = Cloud(tmp_path / "run", code / "template.yaml")
    cloud.code = code
    with cloud:
        yield cloud


def invoke(cloud, event):
    cloud.client("lambda").invoke(FunctionName="handler", InvocationType="Event", Payload=json.dumps(event))


def failures(cloud, *arguments):
    """The failures, newest first, as `dynamodb-log failures` prints them for programs."""
    return [json.loads(line) for line in cloud.ddblog("failures", "-o", "json", *arguments).stdout.splitlines()]


def fail(cloud, event):
    """An event that is given up; its failure's id."""
    known = {one["id"] for one in failures(cloud)}
    invoke(cloud, event)
    new = eventually(lambda: [one for one in failures(cloud) if one["id"] not in known], "it is given up")
    return new[0]["id"]


def repair(cloud):
    (cloud.code / "broken").unlink()


def handled(cloud):
    return records(cloud.code, "handled")


def test_a_failed_event_is_shown_and_delivered_once_more(cloud):
    assert cloud.ddblog("failures").stdout == "Nothing has failed.\n"
    id = fail(cloud, {"order": 7})
    line = cloud.ddblog("failures").stdout.strip()
    assert re.fullmatch(r"%s  \S+Z  handler  RetriesExhausted after 3 attempts  ValueError: cannot handle .*" % id, line)

    text = cloud.ddblog("failures", "show", id).stdout
    assert text.startswith("Failure %s: invocation for handler, RetriesExhausted after 3 attempts\n" % id)
    assert 'index.py", line' in text and "in handle" in text, "the stack"
    assert "this is attempt" in text and "REPORT RequestId" in text, "the log lines"
    assert text.endswith('Payload:\n  {"order": 7}\n')

    whole = json.loads(cloud.ddblog("failures", "show", id, "-o", "json").stdout)
    assert whole["kind"] == "invocation" and whole["attemptCount"] == len(whole["attempts"]) == 3
    assert [one["error"].split(":")[0] for one in whole["attempts"]] == ["ValueError"] * 3
    assert sorted(one["at"] for one in whole["attempts"]) == [one["at"] for one in whole["attempts"]]
    assert "this is attempt " + whole["requestId"] in whole["log"]
    assert whole["payload"] == {"order": 7}
    assert whole["place"] == "arn:aws:lambda:us-east-1:000000000000:function:handler"

    repair(cloud)
    assert cloud.ddblog("failures", "redrive", id).stdout == "%s: delivered once more to %s\n" % (id, whole["place"])
    eventually(lambda: handled(cloud) == [{"order": 7}], "it is handled")
    again = failures(cloud)
    assert [one["redriven"]["count"] for one in again] == [1]
    assert again[0]["requestId"] == whole["requestId"]
    assert "(redriven)" in cloud.ddblog("failures", "ls").stdout
    assert cloud.ddblog("failures", "rm", id).stdout == "1 failure was removed.\n"
    assert failures(cloud) == []


def test_what_fails_again_is_another_failure(cloud):
    id = fail(cloud, {"n": 1})
    cloud.ddblog("failures", "redrive", id)
    second, first = eventually(lambda: len(failures(cloud)) == 2 and failures(cloud), "it fails again")
    assert first["id"] == id and first["redriven"]["count"] == 1
    assert "redriven" not in second and second["requestId"] != first["requestId"]


def test_all_are_redriven_the_oldest_first_and_only_once(cloud):
    for n in range(3):
        fail(cloud, {"n": n})
    repair(cloud)
    lines = cloud.ddblog("failures", "redrive", "--all", "--function", "handler").stdout.splitlines()
    ids = [int(line.split(":")[0]) for line in lines]
    assert len(ids) == 3 and ids == sorted(ids)
    eventually(lambda: sorted(one["n"] for one in handled(cloud)) == [0, 1, 2])
    assert cloud.ddblog("failures", "redrive", "--all").stdout == ""


def test_a_discarded_batch_is_kept_and_delivered_once_more(cloud):
    cloud.call("PutItem", {"TableName": "orders", "Item": {"pk": {"S": "a"}}})
    batch = eventually(lambda: failures(cloud, "--kind", "batch"), "the batch is given up")[0]
    assert batch["condition"] == "RetryAttemptsExhausted" and ":event-source-mapping:" in batch["source"]
    assert failures(cloud, "--kind", "invocation") == [] and failures(cloud, "--function", "handler") == []
    repair(cloud)
    cloud.ddblog("failures", "redrive", batch["id"])
    event = eventually(lambda: handled(cloud), "it is handled")[0]
    assert [one["dynamodb"]["Keys"] for one in event["Records"]] == [{"pk": {"S": "a"}}]


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_failures_survive_a_restart(cloud, end):
    id = fail(cloud, {"n": 1})
    shown = cloud.ddblog("failures", "show", id).stdout
    getattr(cloud, end)()
    cloud.start()
    assert cloud.ddblog("failures", "show", id).stdout == shown
    eventually(lambda: "  failures   1, which `dynamodb-log failures` shows\n" in cloud.output(), "the greeting says so")
    repair(cloud)
    cloud.ddblog("failures", "redrive", id)
    eventually(lambda: handled(cloud) == [{"n": 1}], "it is handled after the restart")


def test_each_event_fails_once_although_the_cloud_is_killed_in_between(cloud):
    count = 40
    for n in range(count):
        invoke(cloud, {"n": n})
    for given_up in (5, 20):
        eventually(lambda: len(failures(cloud, "--function", "handler")) >= given_up, "some are given up")
        cloud.kill()
        cloud.start()
    found = eventually(lambda: len(failures(cloud)) >= count and failures(cloud, "--limit", "1000"), "all are given up")
    shown = [json.loads(cloud.ddblog("failures", "show", one["id"], "-o", "json").stdout) for one in found]
    assert sorted(one["payload"]["n"] for one in shown) == list(range(count))
    assert {one["attemptCount"] for one in shown} == {3}, "an attempt that the kill cut off does not count"
    assert len({one["requestId"] for one in shown}) == count


def test_failures_age_by_the_clock(cloud):
    fail(cloud, {"n": 1})
    cloud.move_clock(14 * 24 * 3600 * 1000, settle=False)
    assert failures(cloud) == []


def test_mistakes_have_their_exit_status(cloud):
    def status(*arguments, **options):
        done = cloud.ddblog("failures", *arguments, check=False, **options)
        assert len(done.stderr.strip().splitlines()) == 1, done.stderr
        return done.returncode
    for arguments in (["show", "4711"], ["redrive", "4711"], ["rm", "4711"]):
        assert status(*arguments) == REFUSED
    for arguments in (["show", "x"], ["redrive"], ["rm"], ["redrive", "1", "--all"], ["rm", "--all"], ["lss"],
                      ["redrive", "1", "--function", "handler"]):
        assert status(*arguments) == USAGE, arguments
    assert status("ls", "--endpoint-url", "http://127.0.0.1:9") == NOT_REACHABLE
    fail(cloud, {"n": 1})
    assert cloud.ddblog("failures", "rm", "--all", "--yes").stdout == "1 failure was removed.\n"


def test_invoke_answers_with_the_tail_of_the_log(cloud):
    repair(cloud)
    answer = cloud.client("lambda").invoke(FunctionName="handler", LogType="Tail", Payload=b'{"n": 1}')
    log = base64.b64decode(answer["LogResult"]).decode()
    assert log.startswith("START RequestId: ") and "this is attempt" in log
    assert re.search(r"\nEND RequestId: \S+\nREPORT RequestId: \S+\tDuration: \d+\.\d\d ms\tBilled Duration: \d+ ms"
                     r"\tMemory Size: 128 MB\tMax Memory Used: \d+ MB\tInit Duration: \d+\.\d\d ms\t\n$", log), log
    assert "LogResult" not in cloud.client("lambda").invoke(FunctionName="handler", Payload=b'{"n": 1}')
