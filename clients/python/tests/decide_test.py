"""Load, decide, append."""

import pytest

from dynamodb_log import Expected, NewEvent, Snapshot, StreamDeleted, VersionConflict
from tables import Misbehaving, after


def evolve(balance, event):
    return balance + int(event.payload["amount"])


def deposit(amount):
    return NewEvent("deposited", {"amount": amount})


def withdraw(amount):
    def decide(balance):
        if balance < amount:
            raise ValueError(f"the balance is {balance}")
        return [NewEvent("withdrawn", {"amount": -amount})]

    return decide


def decide(log, decision, **options):
    return log.decide("accounts", "1", initial=0, evolve=evolve, decide=decision, **options)


def test_events_follow_from_the_state(log):
    log.append("accounts", "1", [deposit(10), deposit(5)], Expected.NO_STREAM)
    decision = decide(log, withdraw(12))
    assert (decision.state, decision.version, decision.appended.version) == (3, 3, 3)
    with pytest.raises(ValueError, match="the balance is 3"):
        decide(log, withdraw(12))
    assert log.version("accounts", "1") == 3


def test_nothing_to_do_appends_nothing(log):
    decision = decide(log, lambda balance: [])
    assert (decision.state, decision.version, decision.appended) == (0, 0, None)


def test_a_faster_writer_makes_it_decide_again(tables, log):
    log.append("accounts", "1", deposit(10), Expected.NO_STREAM)
    other = tables.new_log()
    overtake = after(lambda: other.append("accounts", "1", NewEvent("withdrawn", {"amount": -9}), Expected.ANY))
    racing = tables.new_log(Misbehaving(tables.client, "put_item", overtake))
    with pytest.raises(ValueError, match="the balance is 1"):
        decide(racing, withdraw(5))
    racing = tables.new_log(Misbehaving(tables.client, "put_item", overtake, overtake))
    with pytest.raises(VersionConflict):
        decide(racing, lambda balance: [deposit(1)], retries=1)


def test_who_loses_again_pauses(tables):
    other = tables.new_log()
    overtake = after(lambda: other.append("accounts", "1", deposit(1), Expected.ANY))
    racing = tables.new_log(Misbehaving(tables.client, "put_item", *4 * [overtake]))
    assert decide(racing, lambda balance: [deposit(1)]).state == 5
    assert len(racing.environment.pauses) == 3


def test_a_deleted_stream_decides_nothing(log):
    log.append("accounts", "1", deposit(10), Expected.NO_STREAM)
    log.delete_stream("accounts", "1", 1)
    with pytest.raises(StreamDeleted):
        decide(log, withdraw(5))


class TestSnapshots:
    snapshot = Snapshot("balance", "v1", every=3)

    def evolved(self, tables, snapshot):
        """How many events a decision reads, and the balance."""
        seen = []

        def counted(balance, event):
            seen.append(event.version)
            return evolve(balance, event)

        decision = tables.new_log().decide(
            "accounts", "1", initial=0, evolve=counted, decide=lambda balance: [], snapshot=snapshot
        )
        return seen, decision.state

    def test_a_snapshot_saves_reading(self, tables, log):
        log.append("accounts", "1", [deposit(1), deposit(2), deposit(3)], Expected.NO_STREAM)
        assert self.evolved(tables, self.snapshot) == ([1, 2, 3], 6)
        log.append("accounts", "1", deposit(4), 3)
        assert self.evolved(tables, self.snapshot) == ([4], 10)

    def test_other_code_ignores_it(self, tables, log):
        log.append("accounts", "1", [deposit(1), deposit(2), deposit(3)], Expected.NO_STREAM)
        self.evolved(tables, self.snapshot)
        changed = Snapshot("balance", "v2", every=3)
        assert self.evolved(tables, changed) == ([1, 2, 3], 6)
        assert self.evolved(tables, changed) == ([], 6)

    def test_few_events_need_none(self, tables, log):
        log.append("accounts", "1", [deposit(1), deposit(2)], Expected.NO_STREAM)
        self.evolved(tables, self.snapshot)
        assert self.evolved(tables, self.snapshot) == ([1, 2], 3)

    def test_one_that_cannot_be_written_changes_nothing(self, tables, log):
        log.append("accounts", "1", [deposit(1), deposit(2), deposit(3)], Expected.NO_STREAM)
        too_large = Snapshot("balance", "v1", every=1, encode=lambda balance: 500_000 * "x")
        assert self.evolved(tables, too_large) == ([1, 2, 3], 6)
        assert self.evolved(tables, too_large) == ([1, 2, 3], 6)
