"""The event log for asyncio programs: the same methods, awaited.

  log = AsyncEventLog.connect("local")
  await log.append("users", "42", NewEvent("signup", {"name": "Ada"}), Expected.NO_STREAM)
  async for event in log.read("users", "42"):
      print(event.version, event.type)

Each call waits for its answer in a thread, so the event loop goes on. Iterators read
ahead by a page. Cancelling a task does not stop a call that was sent: an append that was cancelled
may have happened.
"""

from __future__ import annotations

import asyncio
import functools
import itertools
from typing import (
    Any,
    AsyncIterator,
    Awaitable,
    Callable,
    Iterator,
    List,
    Mapping,
    Optional,
    Sequence,
    Tuple,
    TypeVar,
    Union,
)

from .decisions import Decision, Snapshot
from .event import Appended, Event, ExpectedVersion, NewEvent, StreamAppend
from .event_log import EventLog, Page
from .projector import Projector
from .whole_log import Stream

Result = TypeVar("Result")
State = TypeVar("State")

AT_ONCE = 100  # events that are taken from an iterator in one go


async def in_thread(function: Callable[..., Result], *arguments: Any, **named: Any) -> Result:
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(None, functools.partial(function, *arguments, **named))


async def _iterate(iterator: Iterator[Result]) -> AsyncIterator[Result]:
    """The elements of a blocking iterator, which one thread at a time takes."""
    while True:
        elements = await in_thread(_take, iterator)
        for element in elements:
            yield element
        if len(elements) < AT_ONCE:
            return


def _take(iterator: Iterator[Result]) -> List[Result]:
    return list(itertools.islice(iterator, AT_ONCE))


class AsyncEventLog:
    """Thread safety: as EventLog, whose methods these are. See there for units and errors."""

    def __init__(self, log: EventLog) -> None:
        self.log = log

    @classmethod
    def connect(cls, stage: str = "local", *, endpoint_url: Optional[str] = None, **options: Any) -> AsyncEventLog:
        return cls(EventLog.connect(stage, endpoint_url=endpoint_url, **options))

    async def append(
        self, log: str, id: str, events: Union[NewEvent, Sequence[NewEvent]], expected: ExpectedVersion
    ) -> Appended:
        return await in_thread(self.log.append, log, id, events, expected)

    async def append_transaction(self, appends: Sequence[StreamAppend]) -> Tuple[Appended, ...]:
        return await in_thread(self.log.append_transaction, appends)

    async def delete_stream(
        self,
        log: str,
        id: str,
        expected: ExpectedVersion,
        *,
        event_id: Optional[str] = None,
        metadata: Optional[Mapping[str, Any]] = None,
    ) -> Appended:
        return await in_thread(self.log.delete_stream, log, id, expected, event_id=event_id, metadata=metadata)

    def read(
        self,
        log: str,
        id: str,
        *,
        from_version: Optional[int] = None,
        to_version: Optional[int] = None,
        limit: Optional[int] = None,
        backwards: bool = False,
        consistent: bool = True,
    ) -> AsyncIterator[Event]:
        return _iterate(
            self.log.read(
                log,
                id,
                from_version=from_version,
                to_version=to_version,
                limit=limit,
                backwards=backwards,
                consistent=consistent,
            )
        )

    async def read_page(
        self,
        log: str,
        id: str,
        *,
        cursor: Optional[str] = None,
        limit: int = 100,
        from_version: Optional[int] = None,
        to_version: Optional[int] = None,
        backwards: bool = False,
        consistent: bool = True,
    ) -> Page:
        return await in_thread(
            self.log.read_page,
            log,
            id,
            cursor=cursor,
            limit=limit,
            from_version=from_version,
            to_version=to_version,
            backwards=backwards,
            consistent=consistent,
        )

    async def version(self, log: str, id: str) -> int:
        return await in_thread(self.log.version, log, id)

    async def exists(self, log: str, id: str) -> bool:
        return await in_thread(self.log.exists, log, id)

    def read_all(
        self, log: Optional[str] = None, *, segments: int = 4, consistent: bool = True
    ) -> AsyncIterator[Event]:
        return _iterate(self.log.read_all(log, segments=segments, consistent=consistent))

    def streams(self, log: Optional[str] = None) -> AsyncIterator[Stream]:
        return _iterate(self.log.streams(log))

    async def logs(self) -> List[str]:
        return await in_thread(self.log.logs)

    async def decide(
        self,
        log: str,
        id: str,
        *,
        initial: State,
        evolve: Callable[[State, Event], State],
        decide: Callable[[State], Union[Sequence[NewEvent], Awaitable[Sequence[NewEvent]]]],
        retries: int = 10,
        snapshot: Optional[Snapshot[State]] = None,
    ) -> Decision[State]:
        """As EventLog.decide. `decide` may be a coroutine function: it runs in the event loop.
        `evolve` is called in another thread."""
        loop = asyncio.get_running_loop()

        def decided(state: State) -> Sequence[NewEvent]:
            async def call() -> Sequence[NewEvent]:
                events = decide(state)
                return events if isinstance(events, Sequence) else await events

            return asyncio.run_coroutine_threadsafe(call(), loop).result()

        return await in_thread(
            self.log.decide,
            log,
            id,
            initial=initial,
            evolve=evolve,
            decide=decided,
            retries=retries,
            snapshot=snapshot,
        )


class AsyncProjector:
    """A projector for asyncio programs. Appliers are called in other threads."""

    def __init__(self, projector: Projector) -> None:
        self.projector = projector

    async def project(self, id: str, hint: int = 0) -> int:
        return await in_thread(self.projector.project, id, hint)

    async def handle(self, bus_event: Mapping[str, Any]) -> int:
        return await in_thread(self.projector.handle, bus_event)

    async def get(self, id: str, sk: Optional[str] = None) -> Any:
        return await in_thread(self.projector.get, id, sk)

    async def get_current(self, id: str, sk: Optional[str] = None) -> Any:
        return await in_thread(self.projector.get_current, id, sk)

    async def wait_for(self, id: str, version: int, seconds: float = 10) -> None:
        await in_thread(self.projector.wait_for, id, version, seconds)
