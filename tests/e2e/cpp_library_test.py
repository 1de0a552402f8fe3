"""The library for C++ runs the cases that the libraries of all languages share (clients/cases). The program
event_log_operations carries them out; what a case means is said in the tests of the library for Python."""
import collections
import json
import os
import pathlib
import subprocess
import sys
from decimal import Decimal
from types import SimpleNamespace

import pytest

from cloud import ROOT, Cloud

sys.path += [str(ROOT / "clients/python/src"), str(ROOT / "clients/python/tests")]
import cases_test  # noqa: E402
import dynamodb_log  # noqa: E402
from tables import Tables  # noqa: E402

PROGRAM = pathlib.Path(os.environ.get("EVENT_LOG_OPERATIONS") or ROOT / "build/release/tests/event_log_operations")
# Payloads are JSON, which has no sets and no bytes.
NOT_IN_CPP = ('"$binary"', '"$strings"', '"$numbers"', '"B"', '"SS"', '"NS"')
# What the types of C++ cannot say: a number that is not whole, an event id that is there and empty.
NOT_SAID_IN_CPP = {
    "an empty event id", "a ttl that is no whole number", "an expected version that is negative",
    "an expected version that is no whole number", "an expected version that is no such word"}

StreamState = collections.namedtuple("StreamState", "log id version is_deleted")


def cases():
    for case in cases_test.cases():
        text = json_of(case.values[0])
        if case.values[0]["name"] not in NOT_SAID_IN_CPP and not any(word in text for word in NOT_IN_CPP):
            yield case


def json_of(value):
    """JSON in which numbers keep every digit."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(name)}:{json_of(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(json_of, value)) + "]"
    return str(value) if isinstance(value, Decimal) else json.dumps(value)


@pytest.fixture(scope="module")
def cloud(folder):
    with Cloud(folder / "cloud", in_memory=True) as running:
        yield running


@pytest.fixture
def tables(cloud, request):
    return CppTables(cloud, "cpp-" + str(request.node.callspec.indices["case"]))


@pytest.mark.parametrize("case", list(cases()))
def test_case(case, tables):
    try:
        cases_test.test_case(case, tables)
    finally:
        for log in tables.logs:
            log.close()


class CppTables(Tables):
    def __init__(self, cloud, stage):
        super().__init__(cloud, stage)
        self.logs = []

    def new_log(self):
        return self.new_log_of({})

    def new_log_of(self, schema):
        self.logs.append(CppLog(self.cloud.url, self.log_table, schema))
        return self.logs[-1]

    def decide(self, log, argument):
        return log.decide(argument)


class CppLog:
    """The library for C++ with the names of the one for Python."""

    def __init__(self, url, table, schema):
        self.process = subprocess.Popen([PROGRAM, url, table, json_of(schema)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def close(self):
        self.process.stdin.close()
        assert self.process.wait(timeout=10) == 0

    def call(self, operation, argument, expected=None):
        self.process.stdin.write(json_of({operation: argument}) + "\n")
        self.process.stdin.flush()
        result = json.loads(self.process.stdout.readline(), parse_float=Decimal)
        if isinstance(result, dict) and "error" in result:
            raise error_of(result, expected)
        return result

    def append(self, log, id, events, expected):
        return appended(self.call("append", append_of(log, id, events, expected), expected))

    def append_transaction(self, appends):
        argument = [append_of(one.log, one.id, one.events, one.expected) for one in appends]
        expected = {(one.log, one.id): one.expected for one in appends}
        return [appended(result) for result in self.call("appendTransaction", argument, expected)]

    def delete_stream(self, log, id, expected):
        argument = {"log": log, "id": id, "expected": word_of(expected)}
        return appended(self.call("deleteStream", argument, expected))

    def decide(self, argument):
        meanwhile = [{**event, "payload": json_of(event["payload"])} for event in argument.get("meanwhile", [])]
        decided = self.call("decide", {**argument, "meanwhile": meanwhile} if meanwhile else argument)
        state = {"balance": decided["balance"]}
        return SimpleNamespace(state=state, version=decided["version"], appended=decided["appended"] or None)

    def read(self, log, id, *, from_version=None, to_version=None, limit=None, backwards=False):
        options = {"from": from_version, "to": to_version, "limit": limit}
        options["direction"] = "backward" if backwards else "forward"
        return [event_of(event) for event in self.call("read", {"log": log, "id": id, **options})]

    def read_page(self, log, id, *, cursor=None, from_version=None, to_version=None, limit=None, backwards=False):
        options = {"from": cursor or from_version, "to": to_version, "limit": limit}
        options["direction"] = "backward" if backwards else "forward"
        page = self.call("readPage", {"log": log, "id": id, **options})
        return SimpleNamespace(events=[event_of(event) for event in page["events"]], cursor=page["next"] or None)

    def read_all(self, log=None, *, segments=1):
        return [event_of(event) for event in self.call("readAll", {"log": log, "segments": segments})]

    def logs(self):
        return self.call("logs", {})

    def streams(self, log=None):
        return [StreamState(one["log"], one["id"], one["version"], one["deleted"])
                for one in self.call("streams", {"log": log})]

    def version(self, log, id):
        return self.call("version", {"log": log, "id": id})

    def exists(self, log, id):
        return self.call("exists", {"log": log, "id": id})


def word_of(expected):
    return expected.value if isinstance(expected, dynamodb_log.Expected) else expected


def append_of(log, id, events, expected):
    return {"log": log, "id": id, "expected": word_of(expected), "events": [
        {"type": event.type, "payload": json_of(event.payload), "eventId": event.event_id, "ttl": event.ttl,
         "metadata": json_of(event.metadata) if event.metadata else None} for event in events]}


def appended(result):
    return SimpleNamespace(version=result["version"], appended=result["appended"], events=[
        SimpleNamespace(version=event["version"], event_id=event["eventId"]) for event in result["events"]])


def event_of(event):
    return SimpleNamespace(
        log=event["log"], id=event["id"], version=event["version"], type=event["type"], payload=event["payload"],
        event_id=event.get("eventId"), created_at=event.get("createdAt"), metadata=event.get("metadata"),
        ttl=event.get("ttl"))


def error_of(result, expected):
    if result["error"] == "InvalidArgument":
        return dynamodb_log.InvalidArgument(result["message"], result["limit"])
    if result["error"] == "InvalidEvent":
        return dynamodb_log.InvalidEvent(result["message"])
    log, id = result["log"], result["id"]
    if result["error"] == "StreamDeleted":
        return dynamodb_log.StreamDeleted(log, id, result["version"])
    if result["error"] == "EventIdConflict":
        return dynamodb_log.EventIdConflict(log, id, result["eventIds"])
    if isinstance(expected, dict):  # of a transaction
        expected = expected[log, id]
    expected = result["expected"] if expected is None else word_of(expected)
    return dynamodb_log.VersionConflict(log, id, expected, result["current"])
