"""Read models: gap-safe, idempotent, conditional on the version; and generations of them, of which one
is built while another one serves."""

import pytest

from dynamodb_log import (
    Expected,
    InvalidArgument,
    InvalidEvent,
    LimitExceeded,
    NewEvent,
    Projector,
    RacesLost,
    ReadModelBehind,
    Rebuilt,
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


class TestGenerations:
    @pytest.fixture
    def users(self, log):
        return projector(log)

    @pytest.fixture
    def v2(self, log):
        return with_appliers(Projector(log, "users", type="user", generation="v2"))

    def test_a_new_one_is_built_while_the_old_one_serves_and_becomes_current(self, tables, log, users, v2):
        for id in map(str, range(20)):
            log.append("users", id, NewEvent("signup", {"name": f"Ada {id}"}), Expected.NO_STREAM)
            users.project(id)
        v2.on("signup")(lambda event, user: user.update(greeting=f"Hej {event.payload['name']}"))
        v2.project("7")
        assert v2.rebuild() == Rebuilt(streams=20, advanced=19)
        assert (users.current_generation(), users.get_current("7")["name"]) == ("", "Ada 7")
        v2.make_current()
        assert (users.current_generation(), users.get_current("7")["greeting"]) == ("v2", "Hej Ada 7")
        assert users.get("7")["name"] == "Ada 7"

    def test_their_items_are_those_of_the_other_languages(self, tables, log, v2):
        append(log, "addPhone", phone="1")
        v2.project("42")
        v2.make_current()
        items = {(item["pk"]["S"], item["sk"]["S"]): item for item in
                 tables.client.scan(TableName=tables.core_table)["Items"]}
        assert set(items) == {
            ("v2/users#42", "v2/users#42"), ("v2/users#42", "phone#1"), ("projection#users#user", "generation")}
        assert items["projection#users#user", "generation"]["current"] == {"S": "v2"}

    def test_the_other_items_of_the_current_one(self, log, users, v2):
        append(log, "addPhone", phone="1")
        v2.project("42")
        v2.make_current()
        assert users.get("42", "phone#1") is None
        assert users.get_current("42", "phone#1")["since"] == 1

    def test_an_interrupted_rebuild_goes_on(self, log, v2):
        append(log, "signup", name="Ada")
        append(log, "rename", name="")
        with pytest.raises(InvalidEvent):
            v2.rebuild()
        v2.on("rename")(lambda event, user: None)
        assert v2.rebuild() == Rebuilt(streams=1, advanced=1)
        assert v2.rebuild() == Rebuilt(streams=1, advanced=0)

    def test_a_name_that_keys_do_not_allow(self, log):
        with pytest.raises(InvalidArgument):
            Projector(log, "users", type="user", generation="a#b")
