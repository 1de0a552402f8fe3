"""Appends when answers are lost, services are busy and other writers are faster. What else they do:
cases_test.py."""

import threading

import botocore.exceptions
import pytest

from dynamodb_log import Expected, InvalidArgument, NewEvent, StreamAppend, SystemEnvironment, VersionConflict
from tables import Misbehaving, after, answer_lost, not_sent, service_error

SIGNUP = NewEvent("signup", {"name": "Ada"})
CONFLICT = service_error("TransactionConflictException")
CANCELLED = service_error("TransactionCanceledException", CancellationReasons=[{"Code": "TransactionConflict"}])


@pytest.mark.parametrize("expected", [Expected.ANY, Expected.NO_STREAM, 0])
def test_an_append_whose_answer_is_lost_happens_once(tables, expected):
    log = tables.new_log(Misbehaving(tables.client, "put_item", answer_lost))
    appended = log.append("users", "42", SIGNUP, expected)
    assert (appended.version, appended.appended) == (1, True)
    assert tables.versions("42") == [1]


@pytest.mark.parametrize("log_name, id, events, error", [
    ("users", "42", "signup", "neither a NewEvent nor a sequence of them"),
    ("users", "42", None, "neither a NewEvent nor a sequence of them"),
    ("users", "42", [SIGNUP, {"type": "signup"}], "neither a NewEvent nor a sequence of them"),
    ("users", "42", [], "no event to append"),
    ("users", 42, SIGNUP, "id of the stream is not a str"),
    ("users", "", SIGNUP, "id of the stream is empty"),
    (7, "42", SIGNUP, "name of the log is not a str"),
])
def test_what_is_no_event_or_no_name_is_refused(log, log_name, id, events, error):
    with pytest.raises(InvalidArgument, match=error):
        log.append(log_name, id, events, Expected.ANY)


def test_a_transaction_whose_answer_is_lost_happens_once(tables):
    client = Misbehaving(tables.client, "transact_write_items", answer_lost)
    log = tables.new_log(client)
    assert log.append("users", "42", [SIGNUP, SIGNUP], Expected.NO_STREAM).version == 2
    assert tables.versions("42") == [1, 2]
    first, second = client.requests
    assert first["ClientRequestToken"] == second["ClientRequestToken"]


@pytest.mark.parametrize("event_ids, appended", [(("a", "b"), False), (("a", None), True), ((None, None), True)])
def test_whose_events_they_are_is_known_by_an_id_that_was_made_here(tables, event_ids, appended):
    """The answer is lost, and the token of the transaction forgotten."""
    events = [NewEvent("signup", event_id=event_id) for event_id in event_ids]

    def forgotten(real, request):
        return real(TransactItems=request["TransactItems"])

    log = tables.new_log(Misbehaving(tables.client, "transact_write_items", answer_lost, forgotten))
    assert log.append("users", "42", events, Expected.NO_STREAM).appended is appended


def test_an_append_that_was_not_sent_is_sent_again(tables):
    log = tables.new_log(Misbehaving(tables.client, "put_item", not_sent, service_error("InternalServerError", 500)))
    assert log.append("users", "42", SIGNUP, Expected.NO_STREAM).version == 1


def test_a_read_that_was_not_answered_is_sent_again(tables):
    log = tables.new_log(Misbehaving(tables.client, "query", *9 * [not_sent]))
    assert log.append("users", "42", SIGNUP, Expected.ANY).version == 1
    unreachable = tables.new_log(Misbehaving(tables.client, "query", *10 * [not_sent]))
    with pytest.raises(botocore.exceptions.EndpointConnectionError):
        list(unreachable.read("users", "42"))


@pytest.mark.parametrize("error", [CONFLICT, service_error("ThrottlingException")])
def test_a_busy_service_is_asked_again(tables, error):
    log = tables.new_log(Misbehaving(tables.client, "put_item", *3 * [error]))
    assert log.append("users", "42", SIGNUP, Expected.NO_STREAM).version == 1
    assert len(log.environment.pauses) == 3


def test_a_cancelled_transaction_is_sent_again(tables):
    log = tables.new_log(Misbehaving(tables.client, "transact_write_items", CANCELLED))
    assert log.append("users", "42", [SIGNUP, SIGNUP], Expected.NO_STREAM).version == 2


def test_in_the_end_the_services_error_is_raised(tables):
    log = tables.new_log(Misbehaving(tables.client, "put_item", *50 * [CONFLICT]))
    with pytest.raises(botocore.exceptions.ClientError, match="TransactionConflictException"):
        log.append("users", "42", SIGNUP, Expected.NO_STREAM)
    assert tables.versions("42") == []


def test_another_error_is_raised_at_once(tables):
    log = tables.new_log(Misbehaving(tables.client, "put_item", service_error("AccessDeniedException")))
    with pytest.raises(botocore.exceptions.ClientError, match="AccessDenied"):
        log.append("users", "42", SIGNUP, Expected.NO_STREAM)
    assert log.environment.pauses == []


def test_any_goes_on_after_a_lost_race(tables):
    other = tables.new_log()
    overtake = after(lambda: other.append("users", "42", NewEvent("other"), Expected.ANY))
    log = tables.new_log(Misbehaving(tables.client, "put_item", overtake, overtake))
    assert log.append("users", "42", SIGNUP, Expected.ANY).version == 3
    assert [event.type for event in log.read("users", "42")] == ["other", "other", "signup"]


def test_any_gives_up_after_its_attempts(tables):
    other = tables.new_log()
    overtake = after(lambda: other.append("users", "42", NewEvent("other"), Expected.ANY))
    log = tables.new_log(Misbehaving(tables.client, "put_item", *4 * [overtake]), attempts=4)
    with pytest.raises(VersionConflict) as conflict:
        log.append("users", "42", SIGNUP, Expected.ANY)
    assert (conflict.value.expected, conflict.value.current) == ("any", 4)


def test_a_version_that_is_known_needs_no_check(tables):
    client = Misbehaving(tables.client, "transact_write_items")
    log = tables.new_log(client)
    version = log.append("users", "42", SIGNUP, Expected.NO_STREAM).version
    log.append("users", "42", SIGNUP, version)
    assert client.requests == []
    stranger = tables.new_log(client)
    stranger.append("users", "42", SIGNUP, 2)
    assert "ConditionCheck" in client.requests[0]["TransactItems"][0]
    reader = tables.new_log(client)
    list(reader.read("users", "42"))
    reader.append("users", "42", SIGNUP, 3)
    assert len(client.requests) == 1


def test_a_conflict_of_one_stream_leaves_the_others(tables, log):
    log.append("users", "1", SIGNUP, Expected.NO_STREAM)
    with pytest.raises(VersionConflict) as conflict:
        log.append_transaction([
            StreamAppend("users", "2", SIGNUP, Expected.ANY),
            StreamAppend("users", "1", SIGNUP, Expected.NO_STREAM),
        ])
    assert (conflict.value.id, conflict.value.current) == ("1", 1)
    assert not log.exists("users", "2")


@pytest.mark.parametrize("count", [1, 2])
def test_writers_at_any_version_leave_no_gap(tables, count):
    writers, appends = 8, 12
    errors = []

    def write():
        log = tables.new_log(environment=SystemEnvironment(), attempts=200)
        try:
            for _ in range(appends):
                log.append("users", "42", count * [SIGNUP], Expected.ANY)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=write) for _ in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert tables.versions("42") == list(range(1, count * writers * appends + 1))


def test_of_writers_at_one_version_one_wins(tables):
    results = []

    def write(number):
        try:
            tables.new_log().append("users", "42", NewEvent(f"by{number}"), Expected.NO_STREAM)
            results.append(number)
        except VersionConflict as conflict:
            assert conflict.current == 1

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [f"by{number}" for number in results] == [event.type for event in tables.new_log().read("users", "42")]
