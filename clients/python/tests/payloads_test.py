"""Codecs, upcasters, and numbers with all their digits."""

from decimal import Decimal

import pytest

from dynamodb_log import Expected, GzipCodec, InvalidArgument, InvalidEvent, NewEvent, Upcasters
from dynamodb_log.attributes import to_item

DIGITS = Decimal("12.345678901234567890123456789012345678")


def split_name(payload):
    first, _, last = payload.pop("name").partition(" ")
    return {**payload, "first": first, "last": last}


@pytest.fixture
def upcasters():
    upcasters = Upcasters()
    upcasters.on("signup", 1)(split_name)
    upcasters.on("signup", 2)(lambda payload: {**payload, "country": "SE"})
    return upcasters


def test_old_events_are_read_in_the_latest_schema(tables, log, upcasters):
    log.append("users", "42", NewEvent("signup", {"name": "Ada Lovelace"}), Expected.NO_STREAM)
    (event,) = tables.new_log(upcasters=upcasters).read("users", "42")
    assert event.payload == {"id": "42", "first": "Ada", "last": "Lovelace", "country": "SE"}
    assert event.metadata == {"schemaVersion": 3}
    (stored,) = log.read("users", "42")
    assert stored.payload == {"id": "42", "name": "Ada Lovelace"}


def test_new_events_are_written_in_the_latest_schema(tables, log, upcasters):
    latest = tables.new_log(upcasters=upcasters)
    latest.append("users", "42", NewEvent("signup", {"first": "Ada"}, metadata={"by": "me"}), Expected.NO_STREAM)
    latest.append("users", "42", NewEvent("other"), 1)
    signup, other = log.read("users", "42")
    assert signup.metadata == {"schemaVersion": 3, "by": "me"}
    assert other.metadata == {}
    assert next(latest.read("users", "42")).payload == {"id": "42", "first": "Ada"}


def test_copied_metadata_do_not_say_the_schema_version(tables, log, upcasters):
    log.append("users", "41", NewEvent("signup", {"name": "Ada Lovelace"}, metadata={"schemaVersion": 1}), 0)
    (copied,) = log.read("users", "41")
    latest = tables.new_log(upcasters=upcasters)
    payload = {"first": "Ada", "last": "Lovelace", "country": "SE"}
    latest.append("users", "42", NewEvent("signup", payload, metadata=copied.metadata), Expected.NO_STREAM)
    (event,) = latest.read("users", "42")
    assert event.payload == {"id": "42", **payload}


def test_an_upcaster_that_is_missing_in_between_is_an_error(tables, log):
    upcasters = Upcasters()
    upcasters.add("signup", 2, dict)
    log.append("users", "42", NewEvent("signup"), Expected.NO_STREAM)
    with pytest.raises(InvalidEvent, match="from schema version 1 to 2"):
        list(tables.new_log(upcasters=upcasters).read("users", "42"))


def test_an_event_of_newer_code_is_an_error(tables, log, upcasters):
    log.append("users", "42", NewEvent("signup", metadata={"schemaVersion": 4}), Expected.NO_STREAM)
    with pytest.raises(InvalidEvent, match="version 4, and this code knows 3"):
        list(tables.new_log(upcasters=upcasters).read("users", "42"))


def test_a_schema_version_has_one_upcaster(upcasters):
    with pytest.raises(InvalidArgument):
        upcasters.add("signup", 2, dict)


def test_gzip_stores_less_and_reads_the_same(tables, log):
    packed = tables.new_log(codec=GzipCodec(least_bytes=100))
    payload = {"text": 5000 * "x", "number": DIGITS, "list": [1, None, True, {"a": "b"}]}
    packed.append("users", "42", [NewEvent("long", payload), NewEvent("short", {"a": 1})], Expected.NO_STREAM)
    long, short = log.read("users", "42")
    assert long.payload.keys() == {"id", "gzip"} and len(long.payload["gzip"]) < 500
    assert short.payload == {"id": "42", "a": 1}
    long, short = packed.read("users", "42")
    assert long.payload == {"id": "42", **payload}
    assert str(long.payload["number"]) == str(DIGITS)


def test_gzip_leaves_what_json_cannot_hold(tables, log):
    packed = tables.new_log(codec=GzipCodec(least_bytes=0))
    packed.append("users", "42", NewEvent("bytes", {"bytes": b"x" * 500}), Expected.NO_STREAM)
    assert next(packed.read("users", "42")).payload["bytes"] == b"x" * 500


def test_a_codec_sees_the_place_and_leaves_the_id(tables, log):
    places = []

    class Sealed:
        def encode(self, payload, place):
            places.append(place)
            return {"sealed": repr(sorted(payload))}

        def decode(self, payload, place):
            assert place == places[0]
            return {"opened": payload["sealed"]}

    sealed = tables.new_log(codec=Sealed())
    sealed.append("users", "42", NewEvent("signup", {"name": "Ada"}), Expected.NO_STREAM)
    (event,) = sealed.read("users", "42")
    assert event.payload == {"id": "42", "opened": "['id', 'name']"}
    assert (places[0].log, places[0].id, places[0].type) == ("users", "42", "signup")


def test_an_item_in_a_stream_that_is_no_event_is_an_error(tables, log):
    tables.client.put_item(TableName=tables.log_table, Item=to_item({"pk": "users#42#stream", "sk": 1}))
    for events in (log.read("users", "42"), log.read_all()):
        with pytest.raises(InvalidEvent):
            list(events)


@pytest.mark.parametrize("sk", ["2.5", "2.99999999999999999999", "9007199254740993"])
def test_an_item_whose_sort_key_is_no_version_holds_up_no_append(tables, log, sk):
    log.append("users", "42", [NewEvent("signup"), NewEvent("left")], Expected.NO_STREAM)
    stray = {"pk": {"S": "users#42#stream"}, "sk": {"N": sk}, "type": {"S": "$deleted"}}
    tables.client.put_item(TableName=tables.log_table, Item=stray)
    again = tables.new_log()
    assert again.version("users", "42") == 2
    assert [stream.version for stream in again.streams()] == [2]
    assert again.append("users", "42", NewEvent("back"), Expected.ANY).version == 3
    assert again.append("users", "42", NewEvent("back"), Expected.STREAM_EXISTS).version == 4


def test_a_float_is_refused(log):
    with pytest.raises(InvalidArgument, match="payload.price is a float"):
        log.append("users", "42", NewEvent("buy", {"price": 0.1}), Expected.NO_STREAM)
