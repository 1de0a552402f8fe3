"""logs and status of the running offline cloud: what functions print, how far mappings are behind, what is replayed."""
import json
import signal

import pytest

from cloud import BINARY, Cloud, eventually
from terminal import Terminal

USAGE, NOT_REACHABLE = 2, 4

HANDLER = """
import os

def greet(event, context):
    print("hello %s" % event["name"])
    print("\\x1b[31mred")

def follow(event, context):
    if os.path.exists(os.path.join(os.path.dirname(os.path.abspath(__file__)), "broken")):
        raise ValueError("not now")
"""
TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Greeter:
    Type: AWS::Serverless::Function
    Properties: {FunctionName: greeter, Runtime: python3.12, Handler: index.greet, CodeUri: ., Timeout: 10}
  Other:
    Type: AWS::Serverless::Function
    Properties: {FunctionName: other, Runtime: python3.12, Handler: index.greet, CodeUri: ., Timeout: 10}
  Follower:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: follower
      Runtime: python3.12
      Handler: index.follow
      CodeUri: .
      Timeout: 10
      Events:
        Table: {Type: DynamoDB, Properties: {Stream: !GetAtt Table.StreamArn, StartingPosition: TRIM_HORIZON}}
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: things
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
      StreamSpecification: {StreamViewType: NEW_IMAGE}
"""


@pytest.fixture(scope="module")
def cloud(folder):
    (folder / "index.py").write_text(HANDLER)
    (folder / "template.yaml").write_text(TEMPLATE)
    with Cloud(folder / "run", folder / "template.yaml") as running:
        yield running


def greet(cloud, name, function="greeter"):
    cloud.client("lambda").invoke(FunctionName=function, Payload=json.dumps({"name": name}))


def lines(cloud, *arguments):
    return [json.loads(line) for line in cloud.ddblog("logs", "-o", "json", *arguments).stdout.splitlines()]


def test_what_functions_print_is_there_with_its_time_and_its_function(cloud):
    greet(cloud, "Ada")
    greet(cloud, "Grace", "other")
    found = lines(cloud)
    assert [(one["function"], one["message"]) for one in found] == [
        ("greeter", "hello Ada"), ("greeter", "\x1b[31mred"), ("other", "hello Grace"), ("other", "\x1b[31mred")]
    assert [one["message"] for one in lines(cloud, "other", "--filter", "hello")] == ["hello Grace"]
    assert lines(cloud, "--since", "2000-01-01") == found
    assert lines(cloud, "--since", found[-1]["time"][:-1][:19] + "Z") != []
    assert lines(cloud, "--since", "2999-01-01") == []
    text = cloud.ddblog("logs", "greeter").stdout.splitlines()
    assert text == ["%s greeter  hello Ada" % found[0]["time"], "%s greeter  \\x1b[31mred" % found[1]["time"]]


def test_a_function_that_is_not_there_is_named(cloud):
    done = cloud.ddblog("logs", "greter", check=False)
    assert (done.returncode, done.stderr) == (
        USAGE, "dynamodb-log: the offline cloud has no function greter; did you mean greeter?\n")
    assert cloud.ddblog("logs", "--since", "yesterday", check=False).returncode == USAGE
    nowhere = cloud.ddblog("logs", environment={"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}, check=False)
    assert nowhere.returncode == NOT_REACHABLE


def test_new_lines_are_followed_until_ctrl_c(cloud):
    with cloud.following("logs", "--follow", "--filter", "followed") as following:
        greet(cloud, "followed 1")
        assert following.stdout.readline().endswith("hello followed 1\n")
        greet(cloud, "followed 2", "other")
        assert following.stdout.readline().endswith(" other     hello followed 2\n")
        following.send_signal(signal.SIGINT)
        assert following.wait(timeout=20) == 0


def test_on_a_terminal_the_names_have_colours(cloud):
    greet(cloud, "colours")
    for no_color in ("", "1"):
        environment = dict(cloud.environment_of_clients(), NO_COLOR=no_color)
        with Terminal(BINARY, "logs", "--filter", "hello colours", environment=environment, kind="xterm") as terminal:
            assert terminal.end() == 0
            assert ("\x1b[3" in terminal.shown) == (no_color == "") and "hello colours" in terminal.shown


# --- status ---

def mapping(cloud):
    resources = json.loads(cloud.ddblog("status", "-o", "json").stdout)["resources"]
    return next(one["detail"] for one in resources if one["kind"] == "mapping")


def test_a_mapping_that_is_behind_says_how_far(cloud):
    broken = cloud.folder.parent / "broken"
    broken.write_text("")
    for number in range(3):
        cloud.call("PutItem", {"TableName": "things", "Item": {"id": {"S": str(number)}}})
    eventually(lambda: "3 behind" in mapping(cloud), "three records wait")
    cloud.move_clock(90_000)
    age = mapping(cloud).split("3 behind, ")[1]
    assert 90 <= float(age.removesuffix(" s old")) < 200
    broken.unlink()
    eventually(lambda: cloud.move_clock(60_000) and "behind" not in mapping(cloud), "nothing waits")
