"""Deployments to AWS, which ministack stands in for: made, changed, failed, removed, and made again over kept tables."""
import json
import os
import pty
import signal

import pytest

from cloud import USERS, Cloud
from ministack import Ministack

TABLES = """
AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Stage: {Type: String}
Resources:
  LogTable:
    Type: AWS::DynamoDB::Table
    DeletionPolicy: RetainExceptOnCreate
    UpdateReplacePolicy: Retain
    Properties:
      TableName: !Sub "${Stage}-dynamodb-logs"
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: pk, AttributeType: S}, {AttributeName: sk, AttributeType: N}]
      KeySchema: [{AttributeName: pk, KeyType: HASH}, {AttributeName: sk, KeyType: RANGE}]
      StreamSpecification: {StreamViewType: NEW_AND_OLD_IMAGES}
  Bus:
    Type: AWS::Events::EventBus
    Properties:
      Name: !Sub "${Stage}-bus"
  Rule:
    Type: AWS::Events::Rule
    Properties:
      EventBusName: !Ref Bus
      EventPattern: {source: [dynamodb-log]}
Outputs:
  LogTableName: {Value: !Ref LogTable}
"""
WITH_QUEUE = TABLES.replace("Outputs:", "  Queue: {Type: AWS::SQS::Queue}\nOutputs:")
# A resource that has no such attribute: the creation fails, and everything is rolled back.
FAILING = TABLES.replace("Outputs:", "  Bad:\n    Type: AWS::SQS::Queue\n    Properties:\n"
                                     "      QueueName: !GetAtt Bus.Nothing\nOutputs:")


@pytest.fixture(scope="module")
def aws(folder):
    with Ministack(folder) as running:
        yield running


def write(aws, text, folder="shop"):
    file = aws.folder / folder / "template.yaml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(text)
    return file


def deploy(aws, text, *arguments, stage="dev", check=True):
    return aws.ddblog("deploy", "--stage", stage, "--template", write(aws, text), "--yes", *arguments, check=check)


def test_a_stack_from_its_first_deployment_to_its_end(aws):
    # A dry run leaves nothing behind.
    dry = deploy(aws, TABLES, "--dry-run")
    assert "+ Add  LogTable  AWS::DynamoDB::Table" in dry.stdout, dry.stdout
    assert not [one for one in aws.client("cloudformation").list_stacks()["StackSummaries"]
                if one["StackStatus"] != "DELETE_COMPLETE"]

    first = deploy(aws, TABLES)
    assert "LogTableName = dev-dynamodb-logs" in first.stdout
    assert "CREATE_COMPLETE" in first.stdout
    aws.ddblog("append", "users", "42", "signup", '{"name": "Ada"}', "--stage", "dev", "--expect", "none")

    status = json.loads(aws.ddblog("status", "--stage", "dev", "--template", write(aws, TABLES), "-o", "json").stdout)
    assert status["state"] == "CREATE_COMPLETE"
    # (A rule's physical id is "bus|rule" in AWS, and "rule" here.)
    assert [(one["kind"], one["state"]) for one in status["resources"]] == [("table", "ACTIVE"), ("rule", "absent")]

    same = deploy(aws, TABLES)
    assert "No changes: the stack shop-dev is up to date." in same.stderr

    changed = aws.json_lines("deploy", "--stage", "dev", "--template", write(aws, WITH_QUEUE), "--yes")
    assert [one["logicalId"] for one in changed if one["type"] == "change"] == ["Queue"]
    assert changed[-1]["type"] == "result" and changed[-1]["outputs"] == {"LogTableName": "dev-dynamodb-logs"}

    removed = aws.ddblog("remove", "--stage", "dev", "--template", write(aws, TABLES), "--yes")
    assert "the table dev-dynamodb-logs with about 1 items" in removed.stdout, removed.stdout
    assert "dev-dynamodb-logs" in aws.client("dynamodb").list_tables()["TableNames"]

    # The kept table is taken over, with its events.
    again = deploy(aws, TABLES)
    assert "> Import" in again.stdout, again.stdout
    read = aws.ddblog("read", "users", "42", "--stage", "dev")
    assert json.loads(read.stdout)["payload"]["name"] == "Ada"

    aws.ddblog("remove", "--stage", "dev", "--template", write(aws, TABLES), "--yes", "--delete-data")
    assert "dev-dynamodb-logs" not in aws.client("dynamodb").list_tables()["TableNames"]
    assert "There is no stack shop-dev" in aws.ddblog("remove", "--stage", "dev", "--stack-name", "shop-dev", "--yes").stderr


def test_a_failed_creation_is_made_anew(aws):
    failed = deploy(aws, FAILING, stage="bad", check=False)
    assert failed.returncode == 1
    last = failed.stderr.splitlines()[-1]
    assert last.startswith("dynamodb-log: The deployment of shop-bad failed (ROLLBACK_COMPLETE): Bad (AWS::SQS::Queue): "), last
    assert "bad-dynamodb-logs" not in aws.client("dynamodb").list_tables()["TableNames"]
    repaired = deploy(aws, TABLES, stage="bad")
    assert "never was complete: it is removed and made anew" in repaired.stderr
    aws.ddblog("remove", "--stage", "bad", "--template", write(aws, TABLES), "--yes", "--delete-data")


def test_a_table_that_would_be_removed_must_be_named(aws):
    deploy(aws, TABLES, stage="danger")
    without = TABLES.replace(TABLES[TABLES.index("  LogTable:"):TABLES.index("  Bus:")], "").split("Outputs:")[0]
    refused = deploy(aws, without, stage="danger", check=False)
    assert refused.returncode == 2
    assert "use --allow-replacement LogTable" in refused.stderr
    deploy(aws, without, "--allow-replacement", "LogTable", stage="danger")
    assert "danger-dynamodb-logs" in aws.client("dynamodb").list_tables()["TableNames"]  # kept by its policy
    aws.ddblog("remove", "--stage", "danger", "--template", write(aws, TABLES), "--yes", "--delete-data")


@pytest.mark.parametrize("answer", ["n", "Ctrl-C"])
def test_a_deployment_that_is_not_wanted_leaves_nothing_behind(aws, answer):
    terminal, own_end = pty.openpty()
    process = aws.popen("deploy", "--stage", "asked", "--template", write(aws, TABLES), stdin=own_end)
    shown = ""
    while not shown.endswith("Make the stack shop-asked in us-east-1? [y/N] "):
        character = process.stderr.read(1)
        assert character, process.communicate()
        shown += character
    if answer == "n":
        os.write(terminal, b"n\n")
    else:
        process.send_signal(signal.SIGINT)
    assert process.wait(timeout=60) == 1
    assert "Nothing was deployed." in process.stderr.read()
    stacks = aws.client("cloudformation").list_stacks()["StackSummaries"]
    assert {one["StackStatus"] for one in stacks if one["StackName"] == "shop-asked"} <= {"DELETE_COMPLETE"}


def test_what_cannot_be_asked_is_refused(aws):
    file = write(aws, TABLES)
    unasked = aws.ddblog("deploy", "--stage", "dev", "--template", file, check=False)
    assert (unasked.returncode, unasked.stderr) == (
        2, "dynamodb-log: deploy asks before it changes anything. There is no terminal to ask on: use --yes\n")
    local = aws.ddblog("deploy", "--stage", "local", "--template", file, "--yes", check=False)
    assert local.returncode == 2 and "the stage local is the offline cloud's" in local.stderr


def test_the_offline_cloud_has_a_status_too(folder):
    with Cloud(folder / "offline", USERS / "template-python.yaml") as cloud:
        status = json.loads(cloud.ddblog("status", "-o", "json").stdout)
        shown = {(one["kind"], one["name"]): one["state"] for one in status["resources"]}
        assert shown["table", "local-core"] == "ACTIVE"
        assert shown["function", "Users"] == "Active"
        assert shown["mapping", "local-dynamodb-logs -> Trigger"] == "Enabled"
        assert "the offline cloud at %s: running" % cloud.url in cloud.ddblog("status").stdout
        for command in (("deploy", "--yes"), ("remove", "--yes"), ("status",), ("logs",)):
            wrong = cloud.ddblog(*command, "--stage", "dev", "--template", USERS / "template-python.yaml", check=False)
            assert wrong.returncode == 7 and "has no CloudFormation: is it an offline cloud?" in wrong.stderr, wrong
    missing = cloud.ddblog("status", check=False)
    assert missing.returncode == 4
