"""The same log, awaited."""

import asyncio

import pytest

from dynamodb_log import AsyncSubscription, Expected, NewEvent, Projector, StreamAppend, Subscription, VersionConflict
from dynamodb_log.async_event_log import AsyncEventLog, AsyncProjector


@pytest.fixture
def log(tables):
    return AsyncEventLog(tables.new_log())


def test_append_and_read(log):
    async def run():
        many = [NewEvent("counted", {"number": number}) for number in range(100)]
        for begin in range(0, 300, 100):
            await log.append("users", "42", many, begin)
        with pytest.raises(VersionConflict):
            await log.append("users", "42", many[0], Expected.NO_STREAM)
        await log.append_transaction([StreamAppend("users", "43", many[:1], Expected.ANY)])
        await log.delete_stream("users", "43", 1)
        assert [event.version async for event in log.read("users", "42")] == list(range(1, 301))
        backwards = log.read("users", "42", from_version=5, limit=2, backwards=True)
        assert [event.version async for event in backwards] == [5, 4]
        page = await log.read_page("users", "42", limit=10, cursor="20")
        assert (page.events[0].version, page.cursor) == (21, "30")
        assert (await log.version("users", "42"), await log.exists("users", "43")) == (300, False)
        assert len([event async for event in log.read_all("users", segments=2)]) == 302
        assert sorted([(one.id, one.version) async for one in log.streams()]) == [("42", 300), ("43", 2)]
        assert await log.logs() == ["users"]

    asyncio.run(run())


def test_other_tasks_go_on_meanwhile(log):
    async def run():
        appends = [log.append("users", str(number), NewEvent("signup"), Expected.NO_STREAM) for number in range(20)]
        assert {appended.version for appended in await asyncio.gather(*appends)} == {1}

    asyncio.run(run())


@pytest.mark.parametrize("is_async", [False, True])
def test_decide(log, is_async):
    def decide(count):
        return [NewEvent("counted")] if count < 2 else []

    async def decide_later(count):
        await asyncio.sleep(0)
        return decide(count)

    async def run():
        for _ in range(3):
            decision = await log.decide(
                "users",
                "42",
                initial=0,
                evolve=lambda count, event: count + 1,
                decide=decide_later if is_async else decide,
            )
        assert (decision.state, decision.version) == (2, 2)

    asyncio.run(run())


def test_project(log):
    projector = Projector(log.log, "users", type="user")
    projector.on("signup")(lambda event, user: user.update(name=event.payload["name"]))
    users = AsyncProjector(projector)

    async def run():
        await log.append("users", "42", NewEvent("signup", {"name": "Ada"}), Expected.NO_STREAM)
        assert await users.project("42") == 1
        assert await users.handle({"detail": {"key": {"pk": "users#42#stream", "sk": 1}}}) == 1
        await users.wait_for("42", 1)
        assert (await users.get("42"))["name"] == "Ada"

    asyncio.run(run())


def test_subscribe(log):
    handled = []

    async def run():
        await log.append("users", "42", [NewEvent("signup"), NewEvent("fails")], Expected.NO_STREAM)
        mails = AsyncSubscription(Subscription(log.log, "mails", retries=0))
        all_there = asyncio.Event()

        @mails.on("signup")
        async def signup(event):
            await asyncio.sleep(0)
            handled.append(event.version)

        @mails.on_any
        async def other(event):
            all_there.set()
            if len(handled) == 1:
                raise RuntimeError("not yet")

        running = asyncio.ensure_future(mails.run())
        await all_there.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert handled == [1]
        handled.append("later")
        assert await mails.retry_parked() == 1

    asyncio.run(run())
