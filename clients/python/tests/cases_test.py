"""The cases that the libraries of all languages share (clients/cases/README.md)."""

import json
import pathlib
from decimal import Decimal

import pytest

from dynamodb_log import EventLogError, Expected, LimitExceeded, NewEvent, StreamAppend, stream_key
from case_values import value_of
from dynamodb_log.attributes import to_attribute

CASES = pathlib.Path(__file__).resolve().parents[2] / "cases"


def cases():
    for file in sorted(set(CASES.glob("*.json")) - {CASES / "trigger.json"}):  # trigger_test.py
        for case in json.loads(file.read_text(), parse_float=Decimal)["cases"]:
            yield pytest.param(case, id=f"{file.stem}: {case['name']}")


@pytest.mark.parametrize("case", list(cases()))
def test_case(case, tables):
    for given in value_of(case.get("given", [])):
        item = given if "pk" in given else item_of(given)
        tables.client.put_item(TableName=tables.log_table, Item=item)
    log = tables.new_log_of(case.get("schema", {}))
    for step in case.get("steps") or [case]:
        ((operation, argument),) = step["when"].items()
        check(OPERATIONS[operation], tables, log, value_of(argument), value_of(step["then"]))
    if "items" in case:
        check_items(tables, value_of(case["items"]))


def check(operation, tables, log, argument, expected):
    try:
        result = operation(tables, log, argument)
    except EventLogError as error:
        assert "error" in expected, error
        assert name_of(error) == expected["error"], error
        for name, value in expected.items():
            assert name == "error" or member(error, name) == value, name
        return
    assert "error" not in expected, result
    for name, value in (expected or {}).items():
        if name == "events" and value and "type" in value[0]:
            check_events(result["events"], value)
        elif name == "results":
            for one, wanted in zip(result["results"], value):
                assert {key: one[key] for key in wanted} == wanted
        else:
            assert result[name] == value


def name_of(error):
    return "InvalidArgument" if isinstance(error, LimitExceeded) else type(error).__name__


def member(error, name):
    value = getattr(error, {"eventIds": "event_ids"}.get(name, name))
    return list(value) if isinstance(value, tuple) else value


# --- operations ---


def append(tables, log, argument):
    return appended(log.append(argument["log"], argument["id"], new_events(argument["events"]), expected_of(argument)))


def append_transaction(tables, log, argument):
    appends = [StreamAppend(one["log"], one["id"], new_events(one["events"]), expected_of(one)) for one in argument]
    results = log.append_transaction(appends)
    return {
        "results": [dict(appended(one), log=of.log, id=of.id) for one, of in zip(results, appends)]
    }


def delete_stream(tables, log, argument):
    return appended(log.delete_stream(argument["log"], argument["id"], expected_of(argument)))


def read(tables, log, argument):
    events = list(log.read(argument["log"], argument["id"], **range_of(argument)))
    return {"events": events, "count": len(events)}


def read_page(tables, log, argument):
    page = log.read_page(argument["log"], argument["id"], **range_of(argument))
    return {"events": list(page.events), "more": page.cursor is not None}


def pages(tables, log, argument):
    versions, cursor = [], None
    while True:
        page = log.read_page(argument["log"], argument["id"], cursor=cursor, **range_of(argument))
        versions.append([event.version for event in page.events])
        cursor = page.cursor
        if cursor is None:
            return {"versions": [one for one in versions if one]}


def read_all(tables, log, argument):
    events = log.read_all(argument.get("log"), segments=argument.get("segments", 1))
    return {"events": sorted(events, key=lambda event: (event.log, event.id))}  # stable: each stream stays in order


def streams(tables, log, argument):
    found = sorted(log.streams(argument.get("log")))
    return {
        "streams": [{"log": one.log, "id": one.id, "version": one.version, "deleted": one.is_deleted} for one in found]
    }


def decide(tables, log, argument):
    decision = tables.decide(log, argument)
    return {"state": decision.state, "version": decision.version, "appended": decision.appended is not None}


def remove(tables, log, argument):
    tables.client.delete_item(TableName=tables.log_table, Key=argument)


OPERATIONS = {
    "append": append,
    "appendTransaction": append_transaction,
    "deleteStream": delete_stream,
    "read": read,
    "readPage": read_page,
    "pages": pages,
    "readAll": read_all,
    "streams": streams,
    "version": lambda tables, log, argument: {"version": log.version(argument["log"], argument["id"])},
    "exists": lambda tables, log, argument: {"exists": log.exists(argument["log"], argument["id"])},
    "decide": decide,
    "logs": lambda tables, log, argument: {"logs": log.logs()},
    "put": lambda tables, log, argument: tables.client.put_item(TableName=tables.log_table, Item=argument),
    "remove": remove,
}


def new_events(events):
    return [
        NewEvent(
            event.get("type", ""),
            event.get("payload", {}),
            event.get("eventId"),
            event.get("metadata", {}),
            event.get("ttl"),
        )
        for event in events
    ]


def expected_of(argument):
    expected = argument["expected"]
    return Expected(expected) if expected in ("any", "noStream", "streamExists") else expected


def range_of(argument):
    names = {"from": "from_version", "to": "to_version", "limit": "limit"}
    options = {names[name]: value for name, value in argument.items() if name in names}
    return dict(options, backwards=argument.get("direction") == "backward")


def appended(result):
    events = [{"version": event.version, "eventId": event.event_id} for event in result.events]
    return {"version": result.version, "appended": result.appended, "events": events}


# --- events and values ---


def check_events(events, expected):
    assert len(events) == len(expected)
    for event, wanted in zip(events, expected):
        wanted = dict(wanted)
        for name, value in (("eventId", event.event_id), ("createdAt", event.created_at)):
            assert wanted.pop(name, value) == value
        found = {"log": event.log, "id": event.id, "version": event.version, "type": event.type}
        found.update(payload=event.payload)
        found.update({"metadata": event.metadata} if event.metadata else {})
        found.update({"ttl": event.ttl} if event.ttl is not None else {})
        assert found == wanted


def check_items(tables, expected):
    def place(event):
        return event["log"], event["id"], event["version"]

    events = sorted(tables.new_log().read_all(), key=lambda event: (event.log, event.id, event.version))
    check_events(events, sorted(expected, key=place))


def item_of(event):
    """A given event as its item."""
    item = {
        "pk": {"S": stream_key(event["log"], event["id"])},
        "sk": {"N": str(event["version"])},
        "type": {"S": event["type"]},
        "log": {"S": event["log"]},
        "payload": to_attribute(dict(event.get("payload", {}), id=event["id"])),
    }
    for name in ("eventId", "createdAt", "metadata", "ttl"):
        if name in event:
            item[name] = to_attribute(event[name])
    return item


def test_a_wrong_expectation_is_seen(tables):
    """The runner can fail."""
    with pytest.raises(AssertionError):
        check(OPERATIONS["version"], tables, tables.new_log(), {"log": "users", "id": "42"}, {"version": 1})
    with pytest.raises(AssertionError):
        check_events([], [{"log": "users", "id": "42", "version": 1, "type": "x", "payload": {"id": "42"}}])
