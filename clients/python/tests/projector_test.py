"""Read models: gap-safe, idempotent, conditional on the version; and rebuilt while the old ones
serve."""

import pytest

from dynamodb_log import (
    Expected,
    InvalidArgument,
    InvalidEvent,
    LimitExceeded,
    NewEvent,
    Place,
    Projector,
    RacesLost,
    ReadModelBehind,
    RebuildableProjector,
    RebuildInProgress,
)
from tables import Misbehaving, after


def with_appliers(users):
    @users.on("signup")
    def signup(event, user):
        user["name"] = event.payload["name"]

    @users.on("rename")
    def rename(event, user):
        if not event.payload["name"]:
            user["name"] = "half done"
            raise InvalidEvent("A name is not empty.")
        user["name"] = event.payload["name"]

    @users.on("addPhone")
    def add_phone(event, user):
        user.more(f"phone#{event.payload['phone']}")["since"] = event.version

    @users.on("removePhone")
    def remove_phone(event, user):
        user.more(f"phone#{event.payload['phone']}").delete()

    @users.on("forget")
    def forget(event, user):
        del user["name"]

    return users


def projector(log):
    return with_appliers(Projector(log, "users", type="user"))


def append(log, type, **payload):
    return log.append("users", "42", NewEvent(type, payload), Expected.ANY).version


def test_the_users_example(tables, log):
    append(log, "signup", name="Ada")
    append(log, "unknown")
    assert projector(log).project("42") == 2
    key = {"S": "users#42"}
    item = tables.client.get_item(TableName=tables.core_table, Key={"pk": key, "sk": key})["Item"]
    assert item == {
        "pk": key, "sk": key, "type": {"S": "user"}, "id": {"S": "42"}, "name": {"S": "Ada"}, "version": {"N": "2"},
    }


def test_what_is_done_is_not_done_again(log):
    append(log, "signup", name="Ada")
    users = projector(log)
    assert (users.project("42"), users.project("42"), users.project("42", hint=1)) == (1, 1, 1)
    assert users.get("42")["version"] == 1


def test_a_bus_event_is_a_hint(log):
    append(log, "signup", name="Ada")
    append(log, "rename", name="Grace")
    users = projector(log)
    assert users.handle({"detail": {"log": "users", "key": {"pk": "users#42#stream", "sk": 1}}}) == 2
    for wrong in ({}, {"detail": {"key": {"pk": "orders#42#stream", "sk": 1}}}, {"detail": None}):
        with pytest.raises(InvalidEvent):
            users.handle(wrong)


def test_it_stops_at_a_gap(tables, log):
    for name in ("Ada", "Grace", "Edsger"):
        append(log, "signup", name=name)
    key = {"pk": {"S": "users#42#stream"}, "sk": {"N": "2"}}
    item = tables.client.get_item(TableName=tables.log_table, Key=key)["Item"]
    tables.client.delete_item(TableName=tables.log_table, Key=key)
    users = projector(log)
    assert users.project("42") == 1
    tables.client.put_item(TableName=tables.log_table, Item=item)
    assert users.project("42") == 3


def test_what_an_applier_raises_holds_up_its_stream_only(log):
    append(log, "signup", name="Ada")
    append(log, "rename", name="Grace")
    append(log, "rename", name="")
    users = projector(log)
    with pytest.raises(InvalidEvent, match="not empty"):
        users.project("42")
    assert (users.get("42")["name"], users.version("42")) == ("Grace", 2)


def test_a_faster_handler_is_followed(tables, log):
    append(log, "signup", name="Ada")
    other = projector(tables.new_log())
    slow = tables.new_log(Misbehaving(tables.client, "update_item", after(lambda: other.project("42"))))
    assert projector(slow).project("42") == 1
    lost = Misbehaving(tables.client, "update_item", *10 * [after(lambda: (other.project("42"), append(log, "x")))])
    append(log, "x")
    with pytest.raises(RacesLost):
        projector(tables.new_log(lost)).project("42")


def with_seats(log, per_event):
    """A projector whose events change some items each, all different."""
    users = Projector(log, "users", type="user")

    @users.on("seats")
    def seats(event, user):
        user["version seen"] = event.version
        for number in range(per_event):
            user.more(f"seat#{event.version}#{number}")["taken"] = True

    return users


@pytest.mark.parametrize("per_event, events", [(2, 120), (99, 2)])
def test_more_items_than_one_transaction_holds(tables, log, per_event, events):
    for _ in range(0, events, 60):
        log.append("users", "42", min(events, 60) * [NewEvent("seats")], Expected.ANY)
    client = Misbehaving(tables.client, "transact_write_items")
    users = with_seats(tables.new_log(client), per_event)
    assert users.project("42") == events
    assert max(len(request["TransactItems"]) for request in client.requests) in (99, 100)
    for version in range(1, events + 1):
        assert users.get("42", f"seat#{version}#{per_event - 1}")["taken"]


def test_an_event_that_changes_too_many_items_is_an_error(log):
    log.append("users", "42", [NewEvent("other"), NewEvent("seats")], Expected.NO_STREAM)
    users = with_seats(log, 100)
    with pytest.raises(InvalidArgument, match="version 2 changes more than 99 items"):
        users.project("42")
    assert users.version("42") == 1


def test_items_that_are_only_read_take_no_room(tables, log):
    log.append("users", "42", 60 * [NewEvent("look")], Expected.NO_STREAM)
    client = Misbehaving(tables.client, "update_item")
    users = Projector(tables.new_log(client), "users", type="user")

    @users.on("look")
    def look(event, user):
        for number in range(2):
            user["found"] = bool(user.more(f"seat#{event.version}#{number}"))

    assert users.project("42") == 60
    assert len(client.requests) == 1


def test_several_items_of_a_stream_in_one_transaction(tables, log):
    append(log, "signup", name="Ada")
    append(log, "addPhone", phone="1")
    append(log, "addPhone", phone="2")
    client = Misbehaving(tables.client, "transact_write_items")
    users = projector(tables.new_log(client))
    assert users.project("42") == 3
    assert len(client.requests) == 1
    assert users.get("42", "phone#2")["since"] == 3
    append(log, "removePhone", phone="2")
    append(log, "forget")
    users.project("42")
    assert users.get("42", "phone#2") is None
    assert users.get("42", "phone#1")["since"] == 2
    assert "name" not in users.get("42")


def test_the_librarys_own_attributes_are_its_own(log):
    append(log, "signup", name="Ada")
    users = Projector(log, "users", type="user")
    users.on("signup")(lambda event, user: user.update(version=7))
    with pytest.raises(InvalidArgument, match="version"):
        users.project("42")


def test_a_key_that_no_sort_key_can_be_is_refused(log):
    with pytest.raises(LimitExceeded) as refused:
        Projector(log, "users", type="user").project("x" * 1020)
    assert (refused.value.limit, refused.value.actual) == ("sortKeyBytes", 1026)


def test_waiting_until_the_read_model_has_seen_a_version(log):
    users = projector(log)
    version = append(log, "signup", name="Ada")
    log.environment.during_pause = lambda: users.project("42")
    users.wait_for("42", version)
    assert users.get("42")["name"] == "Ada"
    with pytest.raises(ReadModelBehind, match="version 1, not at 2, after 1 s"):
        users.wait_for("42", 2, seconds=1)


class TestRebuilds:
    @pytest.fixture
    def users(self, log):
        return with_appliers(RebuildableProjector(log, "users", type="user", name="users"))

    def test_a_rebuild_switches_when_it_is_done(self, tables, log, users):
        for id in map(str, range(20)):
            log.append("users", id, NewEvent("signup", {"name": f"Ada {id}"}), Expected.NO_STREAM)
            users.project(id)
        users.on("signup")(lambda event, user: user.update(greeting=f"Hej {event.payload['name']}"))
        assert users.rebuild(prefix="v2#") == 20
        assert users.get("7")["greeting"] == "Hej Ada 7"
        assert tables.read_model("v2#users#7")["version"] == 1
        assert tables.read_model("users#7")["name"] == "Ada 7"
        assert (users.active(), users.building()) == (Place(tables.core_table, "v2#"), None)

    def test_events_that_come_meanwhile_are_in_both(self, tables, log, users):
        append(log, "signup", name="Ada")
        users.project("42")
        seen = []

        def meanwhile(event, user):
            if not seen:  # the rebuild applies the first event: now another one comes, and its handler runs
                seen.append(event)
                append(log, "rename", name="Grace")
                handler = with_appliers(RebuildableProjector(tables.new_log(), "users", type="user", name="users"))
                assert handler.project("42") == 2
                assert handler.get("42")["name"] == "Grace"  # the old read model serves, and is up to date
                assert handler.active().prefix == ""
            user["name"] = event.payload["name"]

        users.on("signup")(meanwhile)
        users.rebuild(prefix="v2#", threads=1)
        assert seen and users.get("42")["name"] == "Grace"
        assert users.version("42") == 2

    def test_an_interrupted_rebuild_goes_on(self, log, users):
        append(log, "signup", name="Ada")
        append(log, "rename", name="")
        with pytest.raises(InvalidEvent):
            users.rebuild(prefix="v2#")
        assert users.active().prefix == ""
        assert users.building().prefix == "v2#"
        with pytest.raises(RebuildInProgress):
            users.rebuild(prefix="v3#")
        users.on("rename")(lambda event, user: None)
        assert users.rebuild(prefix="v2#") == 1
        assert users.active().prefix == "v2#"

    def test_a_rebuild_that_fails_does_not_hold_up_what_serves(self, log, users, monkeypatch):
        append(log, "signup", name="Ada")
        append(log, "rename", name="")
        with pytest.raises(InvalidEvent):
            users.rebuild(prefix="v2#")
        users.on("rename")(lambda event, user: None)
        project_into = users.project_into

        def fails_in_the_new_place(place, id, hint):
            if place.prefix:
                raise RuntimeError("the new code is wrong")
            return project_into(place, id, hint)

        monkeypatch.setattr(users, "project_into", fails_in_the_new_place)
        with pytest.raises(RuntimeError):
            users.project("42")
        assert users.version("42") == 2

    def test_no_read_goes_back_after_a_handler_that_could_not_write_what_is_built(self, tables, log, users, monkeypatch):
        append(log, "signup", name="Ada")
        users.project("42")
        handler = with_appliers(RebuildableProjector(tables.new_log(), "users", type="user", name="users"))
        project_into, switch = handler.project_into, users._switch

        def fails_in_the_new_place(place, id, hint):
            if place.prefix:
                raise RuntimeError("no answer")
            return project_into(place, id, hint)

        def switch_after_an_event(place, missed):
            if not missed:
                append(log, "rename", name="Grace")
                with pytest.raises(RuntimeError):
                    handler.project("42")
                assert users.version("42") == 2
            return switch(place, missed)

        monkeypatch.setattr(handler, "project_into", fails_in_the_new_place)
        monkeypatch.setattr(users, "_switch", switch_after_an_event)
        users.rebuild(prefix="v2#")
        assert users.active().prefix == "v2#"
        assert (users.version("42"), users.get("42")["name"]) == (2, "Grace")

    def test_a_handler_that_meets_the_switch_writes_what_serves_then(self, log, users, monkeypatch):
        append(log, "signup", name="Ada")
        users.rebuild(prefix="v2#")
        states = [(Place(users.place.table), Place(users.place.table, "v3#")), users._state()]
        monkeypatch.setattr(users, "_state", lambda: states.pop(0))
        append(log, "rename", name="Grace")
        project_into = users.project_into

        def fails_in_the_new_place(place, id, hint):
            if place.prefix == "v3#":
                raise RuntimeError("no answer")
            return project_into(place, id, hint)

        monkeypatch.setattr(users, "project_into", fails_in_the_new_place)
        assert users.project("42") == 2
        assert project_into(Place(users.place.table, "v2#"), "42", 2) == 2

    def test_a_cancelled_rebuild_switches_nothing(self, log, users):
        append(log, "signup", name="Ada")
        users.on("signup")(lambda event, user: users.cancel_rebuild())
        with pytest.raises(RebuildInProgress, match="cancelled"):
            users.rebuild(prefix="v2#")
        assert users.active().prefix == ""

    def test_the_place_that_serves_is_not_rebuilt(self, users):
        with pytest.raises(InvalidArgument):
            users.rebuild()
