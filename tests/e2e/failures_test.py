"""What fails on the way of an event: attempts counted, the record handed on, nobody else held up, nothing lost."""
import concurrent.futures
import os
import re
import signal
import uuid

import pytest

from cloud import LOG_TABLE, Cloud, app, eventually, event_put, records

RETRIES = 2


@pytest.fixture(scope="module")
def cloud(folder):
    template = app("failures", folder, RETRIES=RETRIES, AGE=21600)
    with Cloud(folder, template) as running:
        running.records = template.parent
        yield running


def handled(cloud, id):
    return [one["version"] for one in records(cloud.records, "handled") if one["id"] == id]


def attempts(cloud, id):
    return [one for one in records(cloud.records, "attempts") if one["id"] == id]


def failures(cloud, id):
    return [one["record"] for one in records(cloud.records, "failures")
            if one["record"]["requestPayload"]["detail"]["payload"]["id"] == id]


def test_the_on_failure_function_gets_the_record_after_all_attempts(cloud):
    cloud.append("poison1", 1)
    for number in range(20):
        cloud.append("healthy%d" % number, 1)
    for number in range(20):
        eventually(lambda: handled(cloud, "healthy%d" % number) == [1], "healthy%d is handled" % number)
    record = eventually(lambda: failures(cloud, "poison1"), "the record arrives")[0]
    tries = attempts(cloud, "poison1")
    assert len(tries) == RETRIES + 1
    assert len({one["requestId"] for one in tries}) == 1, "the same request id throughout"
    assert len({one["event"]["id"] for one in tries}) == 1

    assert set(record) == {"version", "timestamp", "requestContext", "requestPayload", "responseContext", "responsePayload"}
    assert record["version"] == "1.0"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", record["timestamp"])
    assert record["requestContext"] == {
        "requestId": tries[0]["requestId"],
        "functionArn": "arn:aws:lambda:us-east-1:000000000000:function:handler:$LATEST",
        "condition": "RetriesExhausted", "approximateInvokeCount": RETRIES + 1}
    assert uuid.UUID(record["requestContext"]["requestId"])
    assert record["requestPayload"] == tries[0]["event"]
    assert record["requestPayload"]["detail"] == {
        "log": "users", "key": {"pk": "users#poison1#stream", "sk": 1}, "type": "signup",
        "payload": {"id": "poison1", "name": "Name of poison1", "email": "poison1@example.com"}}
    assert record["responseContext"] == {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"}
    assert record["responsePayload"]["errorType"] == "ValueError"
    assert record["responsePayload"]["errorMessage"] == "cannot handle poison1"
    assert any("failures.py" in line for line in record["responsePayload"]["stackTrace"])  # Python's; Node's is "trace"
    assert len(failures(cloud, "poison1")) == 1


def test_an_item_that_is_no_event_is_reported_and_the_others_get_through(cloud):
    """All of one batch: the trigger sees them together (a BatchWriteItem is one commit)."""
    def item(id, **change):
        return {name: value for name, value in dict(event_put(id, 1)["Item"], **change).items() if value is not None}
    items = [item("batch1"), item("no-payload", payload=None), item("batch2"), item("odd-payload", payload={"S": "text"}),
             item("no-type", type=None), item("batch3"),
             {"pk": {"S": "users#not-a-stream"}, "sk": {"N": "1"}, "anything": {"S": "else"}}]
    cloud.call("BatchWriteItem", {"RequestItems": {LOG_TABLE: [{"PutRequest": {"Item": one}} for one in items]}})
    for id in ("batch1", "batch2", "batch3"):
        eventually(lambda: handled(cloud, id) == [1], id + " is handled")
    for id in ("no-payload", "odd-payload", "no-type"):
        line = re.compile(r"^.*\btrigger: .*users#%s#stream.*$" % id, re.M)
        eventually(lambda: line.search(cloud.output()), "the log reports " + id)
        assert attempts(cloud, id) == []
    assert "users#not-a-stream" not in cloud.output()


def test_what_is_deleted_is_no_event(cloud):
    cloud.append("deleted", 1)
    eventually(lambda: handled(cloud, "deleted") == [1])
    cloud.call("DeleteItem", {"TableName": LOG_TABLE, "Key": {"pk": {"S": "users#deleted#stream"}, "sk": {"N": "1"}}})
    cloud.append("after-deleted", 1)
    eventually(lambda: handled(cloud, "after-deleted") == [1])
    assert handled(cloud, "deleted") == [1]


def test_numbers_keep_every_digit_on_the_way(cloud):
    digits = "12345678901234567890.123456789012345678"
    cloud.append("digits", 1, "addLocation", long={"N": digits}, lat={"N": "-12.345670"}, big={"N": "1E+40"})
    eventually(lambda: handled(cloud, "digits") == [1])
    detail = eventually(lambda: [event for *_, event in cloud.archive() if event["detail"]["payload"]["id"] == "digits"])[0]["detail"]
    assert detail["payload"]["long"] == digits
    assert detail["payload"]["lat"] in ("-12.34567", "-12.345670")


def test_an_event_too_large_for_an_entry_is_sent_in_part(cloud):
    cloud.append("large", 1, "signup", name={"S": "x" * 380_000}, email={"S": "large@example.com"})
    eventually(lambda: handled(cloud, "large") == [1], "the large event arrives")
    detail = attempts(cloud, "large")[0]["event"]["detail"]
    if detail.get("partial"):
        assert detail["payload"] == {"id": "large"}
    else:  # it fits into EventBridge's 1 MB
        assert len(detail["payload"]["name"]) == 380_000


def test_a_process_killed_by_hand_loses_nothing(cloud):
    ids = ["slow-killed%d" % number for number in range(3)]
    for id in ids:
        cloud.append(id, 1)
    victim = eventually(lambda: [one["pid"] for id in ids for one in attempts(cloud, id)])[0]
    os.kill(victim, signal.SIGKILL)
    for id in ids:
        eventually(lambda: handled(cloud, id) == [1], id + " is handled all the same", 30)
    assert cloud.answers()


def test_the_trigger_killed_by_hand_loses_nothing(cloud):
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        writing = pool.submit(lambda: [cloud.append("trigger%d" % number, 1) for number in range(200)])
        eventually(lambda: handled(cloud, "trigger20"), "some are handled")
        for pid in cloud.children_with("trigger"):
            os.kill(pid, signal.SIGKILL)
        writing.result(30)
    eventually(lambda: all(handled(cloud, "trigger%d" % number) for number in range(200)), "all are handled", 30)
    keys = cloud.archived_keys()
    assert len(keys) == len(set(keys)), "the archive holds nothing twice"


def test_an_event_that_grows_too_old_is_given_up(folder):
    template = app("failures", folder / "age", RETRIES=2, AGE=60)
    with Cloud(folder / "age", template, retry_delay_ms=100_000) as cloud:
        cloud.records = template.parent
        cloud.append("poison-age", 1)
        eventually(lambda: attempts(cloud, "poison-age"), "the first attempt")
        cloud.append("healthy", 1)
        eventually(lambda: handled(cloud, "healthy"), "others are handled meanwhile")
        cloud.move_clock(100_001)
        record = eventually(lambda: failures(cloud, "poison-age"), "the record arrives")[0]
        assert record["requestContext"]["condition"] == "EventAgeExceeded"
        assert record["requestContext"]["approximateInvokeCount"] == len(attempts(cloud, "poison-age")) == 1


def test_the_delay_between_attempts_is_waited_for_across_a_restart(folder):
    template = app("failures", folder / "delay", RETRIES=1, AGE=21600)
    cloud = Cloud(folder / "delay", template, retry_delay_ms=60_000)
    cloud.records = template.parent
    with cloud:
        cloud.append("poison-delay", 1)
        eventually(lambda: attempts(cloud, "poison-delay"), "the first attempt")
        cloud.append("healthy", 1)
        eventually(lambda: handled(cloud, "healthy"))
        cloud.restart()
        assert len(attempts(cloud, "poison-delay")) == 1
        cloud.move_clock(61_000)
        record = eventually(lambda: failures(cloud, "poison-delay"), "the record arrives after the second attempt")[0]
        assert record["requestContext"]["approximateInvokeCount"] == len(attempts(cloud, "poison-delay")) == 2


def test_events_put_before_the_functions_are_up_are_handled(folder):
    """Right after the port opens nothing has been started yet; then the machine dies at once, and the next start goes on."""
    template = app("failures", folder / "early", RETRIES=2, AGE=21600)
    cloud = Cloud(folder / "early", template)
    cloud.records = template.parent
    cloud.start()
    for number in range(30):
        cloud.append("early%d" % number, 1)
    cloud.kill()
    with cloud:
        for number in range(30):
            eventually(lambda: handled(cloud, "early%d" % number), "early%d is handled" % number)
        expected = sorted(("users#early%d#stream" % number, 1) for number in range(30))
        eventually(lambda: len(cloud.archived_keys()) >= 30)
        assert sorted(cloud.archived_keys()) == expected


def test_a_function_that_cannot_start_is_said_and_tried_again(folder):
    template = app("failures", folder / "broken", RETRIES=2, AGE=21600)
    (template.parent / "failures.py").rename(template.parent / "later.py")
    with Cloud(folder / "broken", template, retry_delay_ms=300) as cloud:
        cloud.records = template.parent
        cloud.append("patient", 1)
        eventually(lambda: re.search(r"^.*failures.*$", cloud.output(), re.M), "the log says what is missing")
        (template.parent / "later.py").rename(template.parent / "failures.py")
        eventually(lambda: handled(cloud, "patient") == [1] or failures(cloud, "patient"), "handled, or its record")
        assert cloud.answers()
