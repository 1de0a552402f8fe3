"""Groups whose workers meet, fail, sleep or change: nothing is missed, and each stream stays in
order."""

import datetime
from decimal import Decimal

import botocore.exceptions
import pytest

from dynamodb_log import NewEvent, Subscription, Upcasters
from dynamodb_log.attributes import from_item, to_item
from dynamodb_log.environment import iso_time
from fake_streams import FakeStreams
from readers import Reader, append, stored_event
from tables import Misbehaving, after, not_sent, service_error

DAY_AND_AN_HOUR = 25 * 3600


def page_of_one(real, request):
    return real(**request, Limit=1)


def stream_arn(tables):
    return tables.client.describe_table(TableName=tables.log_table)["Table"]["LatestStreamArn"]


class TestCatchingUp:
    @pytest.fixture
    def streams(self):
        return FakeStreams("a")

    def test_of_two_workers_that_begin_one_saves_the_positions(self, tables, streams):
        """The second worker takes over while the first one looks where the shards end."""
        for id in "12":
            streams.add("a", stored_event(tables, id, 1))
        pages = Misbehaving(tables.client, "scan", page_of_one, page_of_one)
        second = Reader(tables.new_log(pages), streams=streams)

        def meanwhile():
            second.read()
            second.later(31)
            for _ in range(3):  # the positions, and two pages
                assert second.subscription.run_once()
            (id, _), _ = second.handled
            streams.add("a", stored_event(tables, id, 2))

        first = Reader(tables.new_log(), streams=Misbehaving(streams, "get_records", after(meanwhile)))
        first.read()
        second.read()
        second.later(11).read()
        assert sorted(event for event in second.handled if event[1] == 1) == [("1", 1), ("2", 1)]
        assert [version for _, version in second.handled].count(2) == 1

    def test_only_one_worker_begins(self, tables, streams):
        """Two workers find the stream trimmed; the second one looked before the first began."""
        first, second = Reader(tables.new_log(), streams=streams), Reader(tables.new_log(), streams=streams)
        first.read()
        second.later(11).read()
        streams.shards["b"], streams.records["b"] = None, []
        first.later(11).read()
        second.later(11).read()
        streams.remove("b")
        streams.remove("a")
        streams.shards["c"], streams.records["c"] = None, []
        stored_event(tables, "1", 1)
        assert first.later(11).read() == [("1", 1)]
        second.subscription._leases.start_over()
        assert second.read() == []
        assert first.read() == [("1", 1)]

    @pytest.mark.parametrize("how", ["restarted", "asleep"])
    def test_a_shard_without_a_position_may_be_trimmed(self, tables, streams, how):
        reader = Reader(tables.new_log(), streams=streams)
        reader.read()
        items = [stored_event(tables, "1", version) for version in (1, 2)]
        for item in items:
            streams.add("a", item)
        streams.trimmed["a"] = 1
        streams.expire_iterators()
        if how == "restarted":
            reader.stop()
            reader = Reader(tables.new_log(), streams=streams)
        reader.later(DAY_AND_AN_HOUR).read()
        assert reader.handled == [("1", 1), ("1", 2)]

    def test_the_positions_of_a_catch_up_may_be_trimmed(self, tables, streams):
        """A worker dies after its scan, before it follows the stream; the next one comes a day
        later."""
        for id in "12":
            stored_event(tables, id, 1)
        dead = Reader(tables.new_log(Misbehaving(tables.client, "scan", page_of_one, page_of_one)), streams=streams)
        for _ in range(3):  # the positions, and two pages
            dead.subscription.run_once()
        (first, _), _ = dead.handled
        for version in (2, 3):
            streams.add("a", stored_event(tables, first, version))
        streams.trimmed["a"] = 1
        heir = Reader(tables.new_log(), streams=streams).later(DAY_AND_AN_HOUR)
        heir.read()
        heir.later(31).read()
        heir.later(11).read()
        assert (first, 2) in heir.handled

    def test_an_idle_group_reads_nothing_again(self, tables, streams):
        stored_event(tables, "1", 1)
        reader = Reader(tables.new_log(), streams=streams)
        reader.read()
        for _ in range(5):
            reader.later(6 * 3600)
            for _ in range(100):
                reader.subscription.run_once()
        assert reader.handled == [("1", 1)]

    def test_a_table_with_another_stream_is_read_again(self, tables, log):
        append(log, "1")
        reader = Reader(tables.new_log())
        reader.read()
        switch(tables, {"StreamEnabled": False})
        append(log, "1")
        switch(tables, {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"})
        append(log, "1")
        reader.later(11).read()
        append(log, "1")
        assert reader.read() == [("1", 1), ("1", 2), ("1", 3), ("1", 4)]


def switch(tables, stream):
    tables.client.update_table(TableName=tables.log_table, StreamSpecification=stream)


class TestSharing:
    def test_a_shard_is_not_taken_from_a_worker_that_reads_it(self, tables):
        streams = FakeStreams("a", "b")
        first, second = Reader(tables.new_log(), streams=streams), Reader(tables.new_log(), streams=streams)
        first.read()
        for shard in "ab":
            for version in (1, 2):
                streams.add(shard, stored_event(tables, shard, version))

        def meanwhile(event):
            first.later(11).handle(event)
            assert second.later(11).read() == []

        first.subscription.on("signup")(meanwhile)
        first.read()
        assert first.handled == [("a", 1), ("a", 2), ("b", 1), ("b", 2)]
        first.later(11).read()  # hands one over
        streams.add("a", stored_event(tables, "a", 3))
        streams.add("b", stored_event(tables, "b", 3))
        second.later(11).read()
        first.subscription.on("signup")(first.handle)
        first.read()
        assert sorted(second.handled + first.handled[4:]) == [("a", 3), ("b", 3)]
        assert len(second.handled) == 1

    def test_what_is_no_event_is_passed_over(self, tables):
        """Also between events that are read from the table because the stream did not have them."""
        streams = FakeStreams("a")
        stored_event(tables, "1", 1)
        reader = Reader(tables.new_log(), streams=streams)
        reader.read()
        broken = to_item({"pk": "users#1#stream", "sk": Decimal("2.5")})
        tables.client.put_item(TableName=tables.log_table, Item=broken)
        for version in (2, 3):
            stored_event(tables, "1", version)
        streams.add("a", broken)
        streams.add("a", stored_event(tables, "1", 4))
        assert reader.read() == [("1", version) for version in (1, 2, 3, 4)]

    def test_it_waits_if_too_many_read_a_shard(self, tables):
        streams = FakeStreams("a")
        append(tables.new_log(), "1")
        busy = Misbehaving(streams, "get_records", service_error("LimitExceededException"))
        reader = Reader(tables.new_log(), streams=busy)
        reader.subscription.on("signup")(lambda event: (reader.handle(event), reader.subscription.stop()))
        reader.subscription.run()
        assert reader.handled == [("1", 1)]

    def test_it_goes_on_where_the_library_for_node_ended(self, tables):
        streams = FakeStreams("a")
        for version in (1, 2):
            streams.add("a", stored_event(tables, "1", version))
        now = iso_time(datetime.datetime.now(datetime.timezone.utc))
        group = {"sk": "group", "streamArn": stream_arn(tables), "state": "following", "counter": 7, "aliveAt": now}
        lease = {"sk": "shard#a", "counter": 1000001, "sequenceNumber": "1"}
        for item in (group, lease):
            key = {"pk": "subscription#mails"}
            tables.client.put_item(TableName=tables.core_table, Item=to_item({**key, **item}))
        assert Reader(tables.new_log(), streams=streams).read() == [("1", 2)]


class TestParking:
    def test_what_was_handled_again_holds_nothing_up(self, tables, log):
        """Another program retries the parked event while this one reads."""
        append(log, "1")
        reader = Reader(tables.new_log())
        reader.fails.add(("1", 1))
        reader.read()
        assert Reader(tables.new_log()).subscription.retry_parked() == 1
        append(log, "1")
        assert reader.read() == [("1", 2)]
        assert reader.subscription.parked() == []

    def test_what_is_parked_is_asked_again_if_nobody_answers(self, tables, log):
        """A worker that has taken a shard must know what is parked before it reads."""
        append(log, "1", 2)
        first = Reader(tables.new_log())
        first.fails.add(("1", 1))
        first.read()
        first.stop()
        append(log, "1")

        def no_parked(real, request):
            return not_sent(real, request) if request["ExpressionAttributeValues"][":begin"] == {"S": "parked#"} \
                else real(**request)

        second = Reader(tables.new_log(Misbehaving(tables.client, "query", no_parked, no_parked)))
        with pytest.raises(botocore.exceptions.EndpointConnectionError):
            second.subscription.run_once()
        assert second.read() == []
        assert [parked.version for parked in second.subscription.parked()] == [1, 2, 3]

    def test_streams_with_similar_names_are_told_apart(self, tables, log):
        for id in ("1", "1#stream#2"):
            append(log, id)
        reader = Reader(tables.new_log())
        reader.fails = {("1", 1), ("1#stream#2", 1)}
        reader.read()
        assert Reader(tables.new_log()).subscription.retry_parked("users", "1") == 1
        for id in ("1", "1#stream#2"):
            append(log, id)
        assert reader.read() == [("1", 2)]

    def test_a_stream_whose_key_is_longer_than_a_sort_key_is_parked_too(self, tables, log):
        long = "å" * 700
        for id in (long, long + "x"):
            append(log, id)
            append(log, id)
        reader = Reader(tables.new_log())
        reader.fails = {(long, 1), (long + "x", 1)}
        reader.read()
        parked = [(one.id, one.version) for one in reader.subscription.parked()]
        assert sorted(parked) == [(id, version) for id in (long, long + "x") for version in (1, 2)]
        assert Reader(tables.new_log()).subscription.retry_parked("users", long) == 2
        append(log, long)
        append(log, long + "x")
        assert reader.read() == [(long, 3)]

    def test_an_event_that_cannot_be_read_holds_up_its_stream_alone(self, tables, log):
        def broken(payload):
            raise ValueError("not what it should be")

        upcasters = Upcasters()
        upcasters.on("old", 1)(broken)
        log.append("users", "1", NewEvent("old"), 0)
        append(log, "2")
        reader = Reader(tables.new_log(upcasters=upcasters))
        reader.fails.add(("2", 1))
        reader.read()
        reader.fails.clear()
        assert reader.subscription.retry_parked() == 1
        (poison,) = reader.subscription.parked()
        assert (poison.id, poison.type, poison.attempts) == ("1", "old", 4)
        assert "not what it should be" in poison.error

    def test_an_item_that_is_no_event_is_parked_if_it_has_the_key_of_one(self, tables):
        streams = FakeStreams("a")
        broken = to_item({"pk": "users#1#stream", "sk": 1, "type": "signup"})
        tables.client.put_item(TableName=tables.log_table, Item=broken)
        stored_event(tables, "1", 2)
        reader = Reader(tables.new_log(), streams=streams)
        assert reader.read() == []
        first, second = reader.subscription.parked()
        assert (first.version, first.type, second.version) == (1, "signup", 2)
        assert "payload" in first.error
        assert reader.subscription.retry_parked() == 0

    def test_an_event_that_comes_again_is_not_parked_behind_itself(self, tables):
        streams = FakeStreams("a")
        stored_event(tables, "1", 1)
        first = Reader(tables.new_log(), streams=streams)
        first.fails.add(("1", 1))
        first.read()
        first.stop()
        before = first.subscription.parked()
        streams.remove("a")
        streams.shards["b"], streams.records["b"] = None, []
        second = Reader(tables.new_log(), streams=streams)
        second.read()
        second.later(11).read()
        assert second.subscription.parked() == before

    def test_a_parked_event_is_readable_by_other_languages_and_theirs_here(self, tables, log):
        append(log, "1")
        subscription = Subscription(tables.new_log(), "mails")
        theirs = {
            "pk": "subscription#mails", "sk": "parked#users#1#stream#0000000000000001", "stream": "users#1#stream",
            "version": 1, "error": "Error: no", "attempts": 5, "parkedAt": "2026-11-28T12:00:00.000Z",
        }
        tables.client.put_item(TableName=tables.core_table, Item=to_item(theirs))
        (parked,) = subscription.parked()
        assert (parked.log, parked.id, parked.version, parked.attempts) == ("users", "1", 1, 5)

        @subscription.on_any
        def fail(event):
            raise RuntimeError("cannot")

        subscription.retry_parked()
        key = {name: theirs[name] for name in ("pk", "sk")}
        item = from_item(tables.client.get_item(TableName=tables.core_table, Key=to_item(key))["Item"])
        assert item.keys() == theirs.keys() | {"log", "id", "type"}
        assert (item["stream"], item["log"], item["id"], item["attempts"]) == ("users#1#stream", "users", "1", 6)
