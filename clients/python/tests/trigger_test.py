"""The trigger in Python does what the one in C++ does."""

import itertools
import re

import pytest

from dynamodb_log import InvalidArgument
from dynamodb_log.trigger import Publisher
from tables import FakeEnvironment, service_error


def image(version=1, **payload):
    return {
        "pk": {"S": "users#42#stream"},
        "sk": {"N": str(version)},
        "type": {"S": "signup"},
        "log": {"S": "users"},
        "payload": {"M": {"id": {"S": "42"}, **payload}},
    }


def record(number=1, new_image=None, event_name="INSERT", pk="users#42#stream"):
    change = {"Keys": {"pk": {"S": pk}, "sk": {"N": "1"}}, "SequenceNumber": str(number)}
    if new_image:
        change["NewImage"] = new_image
    return {"eventID": f"event{number}", "eventName": event_name, "dynamodb": change}


def batch(*records):
    return {"Records": list(records)}


class Bus:
    """Rejects the entries of the given numbers, counted over all calls."""

    def __init__(self, *rejected):
        self.rejected, self.numbers = set(rejected), itertools.count()
        self.calls, self.details = [], []

    def put_events(self, Entries):
        self.calls.append(Entries)
        return {"Entries": [self._answer(entry) for entry in Entries]}

    def _answer(self, entry):
        if next(self.numbers) in self.rejected:
            return {"ErrorCode": "ThrottlingException", "ErrorMessage": "slow down"}
        self.details.append(entry["Detail"])
        return {"EventId": "1"}


def publisher(bus, **options):
    return Publisher(bus, attempts=3, environment=FakeEnvironment(), **options)


def test_an_event_as_the_format_has_it():
    bus = Bus()
    location = image(7, long={"N": "18.0685801234567890123"}, tags={"SS": ["a"]}, bytes={"B": "aGk="}, no={"NULL": True})
    assert publisher(bus).publish(batch(record(1, location))) is None
    assert bus.details == [
        '{"log":"users","key":{"pk":"users#42#stream","sk":7},"type":"signup",'
        '"payload":{"id":"42","long":18.0685801234567890123,"tags":["a"],"bytes":"aGk=","no":null}}'
    ]
    entry = bus.calls[0][0]
    assert (entry["Source"], entry["DetailType"], entry["EventBusName"]) == ("dynamodb-log", "stream changes", "dynamodb-log")


def test_a_change_record_has_one_trace_header():
    bus = Bus()
    publisher(bus).publish(batch(record(1, image()), record(2, image())))
    publisher(bus).publish(batch(record(2, image())))
    (first, second), (again,) = bus.calls
    assert first["Detail"] == second["Detail"]
    assert first["TraceHeader"] != second["TraceHeader"] == again["TraceHeader"]
    assert re.fullmatch("Root=1-[0-9a-f]{8}-[0-9a-f]{24};Sampled=0", first["TraceHeader"])


def test_other_items_and_removals_are_ignored():
    bus = Bus()
    other = record(1, image(), pk="users#42")
    assert publisher(bus).publish(batch(other, record(2, event_name="REMOVE"))) is None
    assert bus.calls == []


def test_ten_at_a_time_in_order():
    bus = Bus()
    publisher(bus).publish(batch(*(record(number, image(number)) for number in range(1, 24))))
    assert [len(call) for call in bus.calls] == [10, 10, 3]
    assert [int(re.search('"sk":([0-9]+)}', detail)[1]) for detail in bus.details] == list(range(1, 24))


def test_a_megabyte_in_a_call():
    bus = Bus()
    publisher(bus).publish(batch(*(record(number, image(number, text={"S": 400_000 * "x"})) for number in range(1, 4))))
    assert [len(call) for call in bus.calls] == [2, 1]


@pytest.mark.parametrize("more", [0, 1])
def test_an_event_that_is_too_large_is_cut_down(more):
    bus = Bus()
    detail = '{"log":"users","key":{"pk":"users#42#stream","sk":1},"type":"signup","payload":{"id":"42","text":""}}'
    room = 2048 - len(detail) - len("dynamodb-log") - len("stream changes")
    publisher(bus, max_entry_bytes=2048).publish(batch(record(1, image(text={"S": (room + more) * "x"}))))
    cut = '{"log":"users","key":{"pk":"users#42#stream","sk":1},"type":"signup","payload":{"id":"42"},"partial":true}'
    assert (bus.details[0] == cut) == bool(more)


def test_failed_entries_are_put_again():
    bus = Bus(1)
    assert publisher(bus).publish(batch(*(record(number, image(number)) for number in (1, 2, 3)))) is None
    assert [len(call) for call in bus.calls] == [3, 1]


def test_the_batch_is_retried_from_what_fails_every_time():
    bus = Bus(1, 3, 4, 10, 11, 13)
    records = [record(number, image(number)) for number in range(1, 13)]
    assert publisher(bus).publish(batch(*records)) == "2"
    assert sum(map(len, bus.calls)) < 20  # the second ten were not sent


def test_a_bus_that_does_not_answer():
    class Gone:
        put_events = staticmethod(lambda Entries: service_error("InternalException", 500)(None, None))

    assert publisher(Gone()).publish(batch(record(5, image()))) == "5"


def test_what_is_not_an_event_is_skipped(capsys):
    bus = Bus()
    without_payload = {name: value for name, value in image().items() if name != "payload"}
    bad_number = image(n={"N": "NaN"})
    records = [record(1, without_payload), record(2), record(3, bad_number), record(4, image())]
    assert publisher(bus).publish(batch(*records)) is None
    assert len(bus.details) == 1
    assert capsys.readouterr().err.count("Skipping an item that is not an event") == 3


@pytest.mark.parametrize("wrong", [{}, {"Records": 1}, {"Records": [{}]}])
def test_what_is_not_a_batch_is_refused(wrong):
    with pytest.raises(InvalidArgument):
        publisher(Bus()).publish(wrong)
