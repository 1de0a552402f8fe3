"""Tests of the application, as one writes them with the fixture `ddblog`. plugin_test.py runs them."""

import asyncio
import datetime

import pytest

from dynamodb_log import EventLog, Expected, NewEvent, StreamDeleted, VersionConflict
from dynamodb_log.offline_cloud import CloudError

SIGNUP = NewEvent("signup", {"name": "Ada"})


def test_a_user_signs_up(ddblog):
    ddblog.given("users", "42").when_append(SIGNUP).then_read_model("users#42", name="Ada", version=1)


def test_every_test_begins_with_nothing(ddblog):
    assert ddblog.log.version("users", "42") == 0
    assert ddblog.get("users#42") is None


def test_events_follow_events(ddblog):
    scenario = ddblog.given("users", "42", SIGNUP).when_append(NewEvent("addLocation", {"long": 18}))
    scenario.then_events("signup", NewEvent("addLocation", {"long": 18})).then_new_events("addLocation")
    scenario.then_read_model("users#42", name="Ada", long=18, lat=None)


def test_a_conflict(ddblog):
    scenario = ddblog.given("users", "42", SIGNUP)
    scenario.when_append(SIGNUP, expected=Expected.NO_STREAM).then_raises(VersionConflict, "version 1")
    scenario.then_new_events()


def test_an_error_that_nobody_expected_is_raised(ddblog):
    scenario = ddblog.given("users", "42", SIGNUP).when(lambda: ddblog.log.delete_stream("users", "42", 1))
    scenario.when_append(SIGNUP)
    with pytest.raises(StreamDeleted):
        scenario.then_read_model("users#42")


def test_a_handler_that_fails_says_why(ddblog):
    with pytest.raises(CloudError, match="KeyError"):
        ddblog.given("users", "42").when_append(NewEvent("signup")).then_read_model("users#42")
    assert len(ddblog.failures()) == 1


def test_the_tested_code_finds_the_cloud(ddblog):
    def command():
        EventLog.connect("local").append("users", "43", SIGNUP, Expected.NO_STREAM)
        return "done"

    scenario = ddblog.given("users", "43").when(command)
    scenario.then(lambda result: ddblog.get("users#43")["name"] == result).then_read_model("users#43", name="Ada")
    assert scenario.result == "done"


def test_another_log_builds_nothing(ddblog):
    ddblog.given("orders", "1").when_append(NewEvent("ordered")).then_no_read_model("orders#1")


def test_time_is_moved(ddblog):
    christmas = datetime.datetime(2030, 12, 24, 18, tzinfo=datetime.timezone.utc)
    ddblog.set_clock(christmas, freeze=True)
    ddblog.move_clock(datetime.timedelta(days=1))
    assert ddblog.now() == christmas + datetime.timedelta(days=1)


def test_a_checkpoint_is_prepared_once(ddblog):
    ddblog.given("users", "42", SIGNUP)
    ddblog.checkpoint("one-user")
    ddblog.log.append("users", "42", NewEvent("addLocation", {"long": 18}), 1)
    ddblog.reset("one-user")
    assert ddblog.log.version("users", "42") == 1
    assert ddblog.get("users#42")["name"] == "Ada"


def test_asyncio(ddblog_async):
    async def run():
        await ddblog_async.append("users", "42", SIGNUP, Expected.NO_STREAM)
        return [event.type async for event in ddblog_async.read("users", "42")]

    assert asyncio.run(run()) == ["signup"]
