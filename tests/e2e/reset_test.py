"""POST /_local/reset and /_local/checkpoints: back to the start, or to a named state, behind connections that stay."""
import threading

import pytest

from cloud import CORE_TABLE, LOG_TABLE, USERS, Cloud, Refused, Wire, app, event_put, eventually, records

HANDLER = "Users"


@pytest.fixture(params=["template.yaml", "template-python.yaml"])
def users(request, tmp_path):
    with Cloud(tmp_path, USERS / request.param, in_memory=True) as cloud:
        yield cloud


def items(wire, table):
    return wire.call("Scan", {"TableName": table})["Count"]


def test_fifty_tests_in_a_row_know_nothing_of_each_other(users):
    wire = Wire(users.url)  # one connection for all
    users.settle()
    for number in range(50):
        assert items(wire, LOG_TABLE) == 0 and items(wire, CORE_TABLE) == 0, number
        wire.call("PutItem", event_put("ada", 1, name={"S": "Ada %d" % number}, email={"S": "a@b"}))
        answer = users.settle(advance=True)
        assert answer["failures"] == [] and answer["counts"]["events"] == 1, number
        assert users.read_model("ada")["name"] == {"S": "Ada %d" % number}
        if number % 2:
            wire.call("CreateTable", {"TableName": "more", "BillingMode": "PAY_PER_REQUEST",
                                      "AttributeDefinitions": [{"AttributeName": "a", "AttributeType": "S"}],
                                      "KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}]})
        users.reset()
    assert wire.call("ListTables", {})["TableNames"] == sorted([CORE_TABLE, LOG_TABLE])


def test_idle_processes_stay(users):
    users.append("ada", 1)
    users.settle()
    before = set(users.children())
    assert before
    users.local("PUT", "checkpoints/one")
    for checkpoint in ({}, {}, {"checkpoint": "one"}):
        users.reset(**checkpoint)
        users.append("grace", 1)
        users.settle()
        assert users.read_model("grace") and before <= set(users.children()), checkpoint


def test_a_function_that_a_test_has_changed_gets_new_processes(users):
    functions = users.client("lambda")
    variables = functions.get_function_configuration(FunctionName=HANDLER)["Environment"]["Variables"]
    functions.update_function_configuration(FunctionName=HANDLER,
                                            Environment={"Variables": {**variables, "COLOUR": "blue"}})
    users.append("ada", 1)
    users.settle()
    assert users.children_with("COLOUR=blue")
    users.reset()
    assert functions.get_function_configuration(FunctionName=HANDLER)["Environment"]["Variables"] == variables
    users.append("ada", 1)
    users.settle()
    assert users.read_model("ada")
    eventually(lambda: not users.children_with("COLOUR=blue"), "the processes with the other settings have ended")


def test_a_checkpoint_is_come_back_to(users):
    users.append("ada", 1)
    users.settle()
    status, taken = users.local("PUT", "checkpoints/one")
    assert status == 200 and taken["items"] == 2 and taken["events"] == 1
    users.local("POST", "clock", {"set": "2031-01-01T00:00:00Z", "freeze": True})
    assert users.local("PUT", "checkpoints/frozen")[0] == 200
    for round in range(3):
        users.append("ada", 2, "addPhoneNumber", phoneNumber={"S": "+46 1"})
        users.settle()
        assert users.read_model("ada")["version"] == {"N": "2"}
        users.reset(checkpoint="one")
        assert users.read_model("ada")["version"] == {"N": "1"}
        assert not users.local("GET", "clock")[1]["frozen"]
        assert users.settle()["counts"]["invocations"] == 0  # nothing is delivered once more
    users.reset(checkpoint="frozen")
    assert users.local("GET", "clock")[1]["now"] == "2031-01-01T00:00:00.000Z"
    users.reset()
    assert [one["name"] for one in users.local("GET", "checkpoints")[1]["checkpoints"]] == ["frozen", "one"]
    assert users.local("GET", "checkpoints/one")[1] == taken
    assert users.local("DELETE", "checkpoints/one") == (200, {})
    for method, path, body in (("DELETE", "checkpoints/one", None), ("GET", "checkpoints/one", None),
                               ("POST", "reset", {"checkpoint": "one"})):
        status, answer = users.local(method, path, body)
        assert status == 404 and answer["Message"] == "There is no checkpoint one", answer
    assert users.local("PUT", "checkpoints/a%20b")[0] == 400


def test_clients_meanwhile_see_the_old_state_or_the_new_one(users):
    stopping, broken = threading.Event(), []

    def write(stream):
        wire, version = Wire(users.url), 0
        while not stopping.is_set():
            version += 1
            try:
                wire.call("PutItem", event_put(stream, version))
            except Refused as refused:  # it begins anew after the reset
                if refused.type != "ConditionalCheckFailedException":
                    return broken.append(refused)
            except Exception as error:
                return broken.append(error)
    writers = [threading.Thread(target=write, args=("s%d" % number,)) for number in range(3)]
    for writer in writers:
        writer.start()
    for _ in range(10):
        users.reset()
    stopping.set()
    for writer in writers:
        writer.join()
    assert not broken
    users.settle(advance=True)


def test_what_runs_ends_before_it(tmp_path):
    template = app("failures", tmp_path, RETRIES=0, AGE=3600)
    with Cloud(tmp_path, template, in_memory=True) as cloud:
        cloud.append("slow", 1)
        eventually(lambda: records(tmp_path / "failures", "attempts"), "the handler runs")
        answers = []

        def receive():
            try:
                answers.append(cloud.call("ReceiveMessage", {"QueueUrl": url, "WaitTimeSeconds": 20}, "AmazonSQS"))
            except Refused as refused:
                answers.append(refused)
        url = cloud.call("CreateQueue", {"QueueName": "q"}, "AmazonSQS")["QueueUrl"]
        polling = threading.Thread(target=receive)
        polling.start()
        cloud.reset()
        polling.join(10)
        assert answers, "the long poll has ended"
        cloud.append("fast", 1)
        cloud.settle()
        assert [one["id"] for one in records(tmp_path / "failures", "handled")] == ["slow", "fast"]


def test_data_on_disk_is_deleted_only_if_that_is_said(tmp_path):
    with Cloud(tmp_path, USERS / "template.yaml") as cloud:
        cloud.append("ada", 1)
        cloud.settle()
        assert cloud.local("PUT", "checkpoints/one")[0] == 200
        status, answer = cloud.local("POST", "reset", {})
        assert status == 409 and str(cloud.data) in answer["Message"] and '"confirm": "data"' in answer["Message"]
        assert cloud.read_model("ada")
        status, upload = cloud.local("POST", "restores", {"name": "other.snapshot"})  # it is built in the same place
        assert status == 200
        status, answer = cloud.local("POST", "reset", {"confirm": "data"})
        assert status == 409 and answer["Message"].startswith("A snapshot is being loaded"), answer
        assert cloud.local("PUT", "restores/%s?offset=0" % upload["restore"], {})[0] == 200  # it goes on
        assert cloud.local("DELETE", "restores/" + upload["restore"])[0] == 200
        cloud.reset(confirm="data")
        assert cloud.read_model("ada") is None and cloud.archive() == []
        cloud.append("grace", 1)
        cloud.settle()
        cloud.kill()
        cloud.start()
        assert cloud.read_model("grace") and cloud.read_model("ada") is None
        assert cloud.local("GET", "checkpoints")[1] == {"checkpoints": []}
    assert sorted(entry.name for entry in cloud.data.iterdir() if "load" in entry.name) == []
