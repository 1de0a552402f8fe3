"""POST /_local/settle: everything that follows from an event is done when it answers, or it says what is not."""
import socket
import threading

import pytest

from cloud import CORE_TABLE, USERS, Cloud, app, event_put, eventually, records

KINDS = ("duplicate", "reorder", "partial-failure", "throttle", "slow", "crash-function")
FAULTS = "seed=20261128," + ",".join("%s=0.05" % kind for kind in KINDS)
MINUTE = 60_000


@pytest.fixture(scope="module")
def users(tmp_path_factory):
    with Cloud(tmp_path_factory.mktemp("users"), USERS / "template.yaml", in_memory=True) as cloud:
        yield cloud


def test_the_read_model_is_right_when_it_answers(users):
    users.reset()
    for number in range(20):
        users.append("u%d" % number, 1)
        users.append("u%d" % number, 2, "addPhoneNumber", phoneNumber={"S": "+46 %d" % number})
        answer = users.settle()
        assert answer["settled"] and answer["failures"] == []
        assert answer["counts"] == {"events": 2, "deliveries": 2, "invocations": 2, "retries": 0}
        assert users.read_model("u%d" % number)["version"] == {"N": "2"}


def test_a_failure_comes_with_its_error_and_log(users):
    users.reset()
    users.append("nameless", 1, "signup", email={"S": "x@example.com"})
    users.append("fine", 1)
    answer = users.settle(advance=True)
    assert len(answer["failures"]) == 1
    failure = answer["failures"][0]
    assert "\"name\" is missing" in failure["errorLine"] and failure["attemptCount"] == 3
    assert "START RequestId: " in failure["log"] and failure["payload"]["detail"]["key"]["pk"] == "users#nameless#stream"
    assert users.read_model("fine")
    assert users.settle()["failures"] == []
    assert len(users.settle(since="0")["failures"]) == 1


def test_the_clock_moves_over_retries(tmp_path):
    template = app("failures", tmp_path, RETRIES=2, AGE=3600)
    with Cloud(tmp_path, template, in_memory=True, retry_delay_ms=2 * MINUTE) as cloud:
        cloud.append("poison", 1)
        status, answer = cloud.local("POST", "settle", {"timeout": 3000})
        assert status == 409 and answer["settled"] is False
        assert "waits for its next attempt: ValueError: cannot handle poison" in answer["Message"]
        answer = cloud.settle(advance=True)
        assert 3 * MINUTE < answer["advanced"] <= 4 * MINUTE
        assert [failure["errorLine"] for failure in answer["failures"]] == ["ValueError: cannot handle poison"]
        assert [line for line in answer["failures"][0]["error"]["stackTrace"] if "failures.py" in line]
        assert len(records(tmp_path / "failures", "attempts")) == 3
        # The on-failure destination is a function, too.
        assert answer["counts"] == {"events": 1, "deliveries": 1, "invocations": 2, "retries": 2}


def test_it_waits_for_an_event_that_comes_later(users):
    users.reset()
    answers = []
    waiting = threading.Thread(target=lambda: answers.append(users.settle(until={"stream": "users#late", "version": 2})))
    waiting.start()
    users.append("late", 1)
    assert not answers
    users.append("late", 2, "addPhoneNumber", phoneNumber={"S": "+46 1"})
    waiting.join()
    assert answers[0]["settled"] and users.read_model("late")["version"] == {"N": "2"}


def test_a_client_that_goes_away_takes_its_request_with_it(users):
    users.reset()
    body = b'{"timeout": 600000, "until": {"stream": "users#never", "version": 1}}'
    head = b"POST /_local/settle HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % len(body)
    sockets = [socket.create_connection(("127.0.0.1", users.port)) for _ in range(16)]
    for one in sockets:
        one.sendall(head + body)
    eventually(lambda: users.local("POST", "settle", {})[0] == 429, "all places are taken")
    for one in sockets:
        one.close()
    eventually(lambda: users.local("POST", "settle", {})[0] == 200, "the places are free again")


def test_it_is_right_under_faults(tmp_path):
    with Cloud(tmp_path, USERS / "template.yaml", ["--faults", FAULTS], in_memory=True) as cloud:
        dynamodb = cloud.client("dynamodb", retries={"max_attempts": 10, "mode": "standard"})
        for number in range(60):
            dynamodb.put_item(**event_put("u%d" % number, 1))
        answer = cloud.settle(advance=True)
        failed = {failure["payload"]["detail"]["key"]["pk"] for failure in answer["failures"]
                  if "detail" in failure["payload"]}
        for number in range(60):
            pk = "users#u%d" % number
            assert pk + "#stream" in failed or dynamodb.get_item(
                TableName=CORE_TABLE, Key={"pk": {"S": pk}, "sk": {"S": pk}}, ConsistentRead=True).get("Item"), pk
        assert set(cloud.settle()["counts"].values()) == {0}


def test_schedules_do_not_keep_it_busy(tmp_path):
    template = tmp_path / "template.yaml"
    template.write_text("""
Resources:
  Often:
    Type: AWS::Events::Rule
    Properties: {Name: often, ScheduleExpression: rate(1 minute), Targets: [{Id: q, Arn: !GetAtt Queue.Arn}]}
  Queue: {Type: AWS::SQS::Queue, Properties: {QueueName: queue}}
""")
    with Cloud(tmp_path, template, in_memory=True) as cloud:
        assert cloud.settle(advance=True)["advanced"] == 0
