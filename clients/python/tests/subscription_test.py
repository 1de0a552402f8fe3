"""Subscriptions: at least once, each stream in order, nothing missed, over restarts and in
groups."""

import threading

import botocore.exceptions
import pytest

from dynamodb_log import Expected, NewEvent, Subscription, SystemEnvironment
from fake_streams import FakeStreams
from readers import Reader, append, stored_event, versions
from tables import Misbehaving, answer_lost, not_sent


def test_what_is_there_and_what_comes(tables, log):
    append(log, "1", 3)
    append(log, "2")
    reader = Reader(tables.new_log())
    reader.read()
    assert sorted(reader.handled) == [("1", 1), ("1", 2), ("1", 3), ("2", 1)]
    append(log, "1")
    append(log, "3", 2)
    assert reader.read()[4:] == [("1", 4), ("3", 1), ("3", 2)]
    assert reader.read()[7:] == []


def test_a_restarted_subscription_goes_on(tables, log):
    append(log, "1", 3)
    first = Reader(tables.new_log())
    first.read()
    append(log, "1")
    first.read()
    first.stop()
    append(log, "1", 2)
    second = Reader(tables.new_log())
    assert second.read() == [("1", 5), ("1", 6)]


def test_events_between_the_scan_and_the_stream_are_not_missed(tables, log):
    append(log, "1", 2)
    reader = Reader(tables.new_log())
    reader.subscription.on("signup")(lambda event: (reader.handle(event), event.version == 2 and append(log, "1")))
    reader.read()
    assert reader.handled == [("1", 1), ("1", 2), ("1", 3)]


def test_a_worker_that_ends_without_a_word_is_replaced(tables, log):
    append(log, "1", 2)
    dead = Reader(tables.new_log())
    dead.read()
    append(log, "1")
    heir = Reader(tables.new_log())
    assert heir.read() == []
    assert heir.later(20).read() == []
    assert heir.later(20).read() == [("1", 3)]
    # The dead one was only slow: it sees that it has lost its shard.
    append(log, "1")
    assert dead.later(60).read() == [("1", 1), ("1", 2)]
    assert heir.later(11).read() == [("1", 3), ("1", 4)]


def test_a_catch_up_goes_on_where_the_dead_worker_was(tables, log, monkeypatch):
    append(log, "1", 3)
    client = tables.client
    pages = Misbehaving(client, "scan", *3 * [lambda real, request: real(**request, Limit=1)])
    dead = Reader(tables.new_log(pages))
    for _ in range(3):  # the positions, and two pages
        dead.subscription.run_once()
    assert dead.handled == [("1", 1), ("1", 2)]
    heir = Reader(tables.new_log())
    heir.read()
    assert heir.later(31).read() == [("1", 3)]


def test_two_groups_know_nothing_of_each_other(tables, log):
    append(log, "1")
    assert Reader(tables.new_log(), "mails").read() == [("1", 1)]
    assert Reader(tables.new_log(), "reports").read() == [("1", 1)]


def test_handlers_by_type(tables, log):
    log.append("users", "1", [NewEvent("signup"), NewEvent("rename"), NewEvent("leave")], Expected.NO_STREAM)
    seen = []
    subscription = Subscription(tables.new_log(), "mails")
    subscription.on("signup", "leave")(lambda event: seen.append(event.type))
    while subscription.run_once():
        pass
    assert seen == ["signup", "leave"]


class TestParking:
    def test_an_event_that_fails_is_parked_and_those_behind_it(self, tables, log):
        append(log, "1", 3)
        append(log, "2", 2)
        reader = Reader(tables.new_log())
        reader.fails.add(("1", 2))
        reader.read()
        assert versions(reader.handled, "1") == [1]
        assert versions(reader.handled, "2") == [1, 2]
        first, second = reader.subscription.parked()
        assert (first.id, first.version, first.attempts, first.type) == ("1", 2, 3, "signup")
        assert "cannot handle 1/2" in first.error
        assert (second.version, second.attempts) == (3, 0)
        append(log, "1")
        reader.read()
        assert [parked.version for parked in reader.subscription.parked()] == [2, 3, 4]

    def test_parked_events_are_handled_again_in_order(self, tables, log):
        append(log, "1", 3)
        reader = Reader(tables.new_log())
        reader.fails.add(("1", 1))
        reader.read()
        assert reader.subscription.retry_parked() == 0
        assert reader.subscription.parked()[0].attempts == 4
        reader.fails = {("1", 3)}
        assert reader.subscription.retry_parked("users", "1") == 2
        assert [parked.version for parked in reader.subscription.parked()] == [3]
        reader.fails = set()
        assert reader.subscription.retry_parked() == 1
        assert reader.handled == [("1", 1), ("1", 2), ("1", 3)]
        append(log, "1")
        assert reader.later(11).read()[3:] == [("1", 4)]

    def test_a_handler_that_fails_once_is_called_again(self, tables, log):
        append(log, "1", 2)
        reader = Reader(tables.new_log())
        reader.fails.add(("1", 1))
        reader.log.environment.during_pause = reader.fails.clear
        assert reader.read() == [("1", 1), ("1", 2)]
        assert reader.subscription.parked() == []

    def test_a_stop_during_the_retries_parks_nothing(self, tables, log):
        append(log, "1")
        reader = Reader(tables.new_log())
        reader.fails.add(("1", 1))
        reader.log.environment.during_pause = reader.subscription.stop
        reader.read()
        reader.stop()
        assert reader.subscription.parked() == []
        assert Reader(tables.new_log()).read() == [("1", 1)]

    def test_another_worker_parks_behind_it_too(self, tables, log):
        append(log, "1", 2)
        first = Reader(tables.new_log())
        first.fails.add(("1", 1))
        first.read()
        first.stop()
        append(log, "1")
        second = Reader(tables.new_log())
        assert second.read() == []
        assert [parked.version for parked in second.subscription.parked()] == [1, 2, 3]


class TestShards:
    """Streams with several shards: what the records are, the test decides."""

    @pytest.fixture
    def streams(self):
        return FakeStreams("a", "b", "c", "d")

    def reader(self, tables, streams, **options):
        return Reader(tables.new_log(), streams=streams, **options)

    def test_workers_share_the_shards_evenly(self, tables, streams):
        first, second = self.reader(tables, streams), self.reader(tables, streams)
        first.read()
        for _ in range(4):
            first.later(11).read()
            second.later(11).read()
        for shard in "abcd":
            streams.add(shard, stored_event(tables, shard, 1))
        first.read()
        second.read()
        assert len(first.handled) == len(second.handled) == 2
        assert sorted(first.handled + second.handled) == [(shard, 1) for shard in "abcd"]
        # Who leaves gives back what it has at once.
        second.stop()
        for shard in "abcd":
            streams.add(shard, stored_event(tables, shard, 2))
        first.later(11).read()
        assert sorted(first.handled[2:])[-4:] == [(shard, 2) for shard in "abcd"]

    def test_a_child_is_read_after_its_parent(self, tables, streams):
        reader = self.reader(tables, streams)
        reader.read()
        streams.split("a", "a1", "a2")
        streams.add("a1", stored_event(tables, "1", 2))
        streams.add("a", stored_event(tables, "1", 1))
        reader.later(11).read()
        assert reader.handled == [("1", 1), ("1", 2)]

    def test_a_version_that_is_missing_is_read_from_the_table(self, tables, streams):
        reader = self.reader(tables, streams)
        reader.read()
        streams.add("a", stored_event(tables, "1", 1))
        reader.read()
        for version in (2, 3):
            stored_event(tables, "1", version)
        streams.add("a", stored_event(tables, "1", 4))
        streams.add("a", stored_event(tables, "1", 4))
        assert reader.read() == [("1", 1), ("1", 2), ("1", 3), ("1", 4)]

    def test_records_from_before_the_scan_are_skipped(self, tables, streams):
        item = stored_event(tables, "1", 1)
        streams.add("a", item)
        streams.add("b", stored_event(tables, "2", 1))
        streams.split("b", "b1")
        first = self.reader(tables, streams)
        assert sorted(first.read()) == [("1", 1), ("2", 1)]
        first.stop()
        streams.add("b1", stored_event(tables, "2", 2))
        assert self.reader(tables, streams).read() == [("2", 2)]

    def test_a_catch_up_that_ends_before_its_scan_is_begun_again(self, tables, streams):
        for shard in "ab":
            streams.add(shard, stored_event(tables, shard, 1))
        dead = self.reader(tables, Misbehaving(streams, "get_records", lambda real, request: real(**request), not_sent))
        with pytest.raises(botocore.exceptions.EndpointConnectionError):
            dead.read()
        heir = self.reader(tables, streams)
        heir.read()
        assert sorted(heir.later(31).read()) == [("a", 1), ("b", 1)]

    @pytest.mark.parametrize("how", ["trimmed", "removed"])
    def test_after_a_day_the_table_is_read_again(self, tables, streams, how):
        reader = self.reader(tables, streams)
        streams.add("a", stored_event(tables, "1", 1))
        reader.read()
        reader.stop()
        for version in (2, 3):
            streams.add("a", stored_event(tables, "1", version))
        if how == "trimmed":
            streams.trimmed["a"] = 3
        else:
            streams.remove("a")
        later = self.reader(tables, streams)
        later.read()
        later.later(11).read()
        assert later.handled[-3:] == [("1", 1), ("1", 2), ("1", 3)]

    def test_a_long_batch_writes_checkpoints_on_the_way(self, tables, streams):
        reader = self.reader(tables, streams)
        reader.read()
        for version in (1, 2, 3):
            streams.add("a", stored_event(tables, "1", version))

        def slow(event):
            if event.version == 3:
                raise KeyboardInterrupt  # the program ends
            reader.log.environment.seconds += 15

        reader.subscription.on("signup")(slow)
        with pytest.raises(KeyboardInterrupt):
            reader.read()
        heir = self.reader(tables, streams)
        heir.read()
        assert ("1", 1) not in heir.later(31).read()
        assert ("1", 3) in heir.handled


def test_it_waits_for_a_service_that_does_not_answer(tables, log):
    append(log, "1")
    client = Misbehaving(tables.client, "scan", not_sent, answer_lost)
    reader = Reader(tables.new_log(client))
    reader.subscription.on("signup")(lambda event: (reader.handle(event), reader.subscription.stop()))
    reader.subscription.run()
    assert reader.handled == [("1", 1)]
    assert reader.log.environment.pauses.count(1.0) == 2


def test_it_runs_until_it_is_stopped(tables, log):
    append(log, "1", 2)
    reader = Reader(tables.new_log(environment=SystemEnvironment()), idle_seconds=0.01)
    all_there = threading.Event()
    reader.subscription.on("last")(lambda event: all_there.set())
    thread = threading.Thread(target=reader.subscription.run)
    thread.start()
    log.append("users", "2", NewEvent("last"), Expected.ANY)
    assert all_there.wait(20)
    reader.subscription.stop()
    thread.join(20)
    assert not thread.is_alive()
    assert reader.handled == [("1", 1), ("1", 2)]
