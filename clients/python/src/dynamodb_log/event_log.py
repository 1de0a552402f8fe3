"""The event log: append with optimistic locking, read, decide.

  log = EventLog.connect("local")
  signed_up = log.append("users", "42", NewEvent("signup", {"name": "Ada"}), Expected.NO_STREAM)
  log.append("users", "42", NewEvent("addPhoneNumber", {"phoneNumber": "+46…"}), signed_up.version)
  for event in log.read("users", "42"):
      print(event.version, event.type)

Limits (DynamoDB's): 100 events and 4 MB an append, 400 KB an event. They are checked before
anything is written.
"""

from __future__ import annotations

import dataclasses
import functools
import os
from typing import TYPE_CHECKING, Any, Callable, Iterator, List, Mapping, Optional, Sequence, Tuple, TypeVar, Union

from .clients import DynamoDbClient, StreamsClient, connect
from .environment import Environment, SystemEnvironment
from .errors import InvalidArgument
from .event import Appended, Event, ExpectedVersion, NewEvent, StreamAppend
from .event_items import EventItems
from .known_streams import KnownStreams
from .limits import LAST_VERSION
from .names import (
    DELETED,
    LOG_TABLE_END,
    log_table_name,
    read_model_table_name,
    stream_key,
)
from .stream_queries import StreamQueries
from .upcasters import Upcasters

if TYPE_CHECKING:
    from .appends import Appends
    from .codec import Codec
    from .decisions import Decision, Snapshot
    from .whole_log import Stream, WholeLog

State = TypeVar("State")


@dataclasses.dataclass(frozen=True)
class Page:
    """A page of a stream. `cursor` reads the next one; None at the end."""

    events: Tuple[Event, ...]
    cursor: Optional[str]


class EventLog:
    """Thread safety: any thread may call any method, if the codec and the upcasters allow it.

    Methods raise InvalidArgument and LimitExceeded (nothing was sent), the errors that they name,
    and what boto3 raises.
    """

    def __init__(
        self,
        client: DynamoDbClient,
        table: str,
        *,
        read_model_table: Optional[str] = None,
        streams: Optional[Callable[[], StreamsClient]] = None,
        codec: Optional[Codec] = None,
        upcasters: Optional[Upcasters] = None,
        environment: Optional[Environment] = None,
        attempts: int = 50,
        known_streams: int = 10_000,
    ) -> None:
        """`read_model_table`: for snapshots, read models and subscriptions; by default that of the
        log table's stage.
        `streams`: makes the client with which subscriptions read the table's stream.
        `attempts`: of an append that other writers overtake, or that conflicts with a transaction.
        `known_streams`: of how many streams to remember which versions exist; then an append needs
        no check."""
        if attempts < 1 or known_streams < 1:
            raise InvalidArgument("attempts and known_streams are at least 1.")
        self.client = client
        self.table = table
        self.read_model_table = read_model_table or _read_model_table_beside(table)
        self._streams = streams
        self.environment: Environment = environment or SystemEnvironment()
        self.items = EventItems(codec, upcasters)
        self._known = KnownStreams(known_streams)
        self.queries = StreamQueries(client, table, self._known, self.environment)
        self._attempts = attempts

    # What a function that builds read models does not use is loaded when it is used first.

    @functools.cached_property
    def _appends(self) -> Appends:
        from .appends import Appends

        return Appends(
            self.client, self.table, self.items, self.queries, self._known, self.environment, self._attempts
        )

    @functools.cached_property
    def _whole(self) -> WholeLog:
        from .whole_log import WholeLog

        return WholeLog(self.client, self.table, self.environment)

    @classmethod
    def connect(cls, stage: str = "local", *, endpoint_url: Optional[str] = None, **options: Any) -> EventLog:
        """The log of a stage, with a boto3 client of its own (see clients.connect)."""
        options.setdefault("read_model_table", read_model_table_name(stage))
        options.setdefault("streams", lambda: connect("dynamodbstreams", stage, endpoint_url))
        return cls(connect("dynamodb", stage, endpoint_url), log_table_name(stage), **options)

    @classmethod
    def of_environment(cls, **options: Any) -> EventLog:
        """The log that a function's environment names: the tables LOG_TABLE and CORE_TABLE, or those
        of the stage STAGE; without any, of the stage "local". `options`: as those of `connect`."""
        table, core = os.environ.get("LOG_TABLE"), os.environ.get("CORE_TABLE")
        stage = os.environ.get("STAGE") or (None if table else "local")
        core = core or (read_model_table_name(stage) if stage else None)
        options.setdefault("read_model_table", core)
        options.setdefault("streams", lambda: connect("dynamodbstreams", stage))
        return cls(connect("dynamodb", stage), table or log_table_name(stage or "local"), **options)

    def streams_client(self) -> StreamsClient:
        """A new client for the table's stream. Raises InvalidArgument if the log was made
        without."""
        if self._streams is None:
            raise InvalidArgument('The log was made without "streams", which subscriptions need.')
        return self._streams()

    # --- append ---

    def append(
        self, log: str, id: str, events: Union[NewEvent, Sequence[NewEvent]], expected: ExpectedVersion
    ) -> Appended:
        """Appends 1 to 100 events, all or none, if the stream is as expected.

        Raises VersionConflict, StreamDeleted, and for ANY and STREAM_EXISTS EventIdConflict.

        With event ids of your own an append can be repeated: if the same events are there already,
        in this order, at the expected place (for ANY and STREAM_EXISTS: among the last 100), it
        succeeds with `appended` False."""
        return self.append_transaction([StreamAppend(log, id, events, expected)])[0]

    def append_transaction(self, appends: Sequence[StreamAppend]) -> Tuple[Appended, ...]:
        """Appends to several streams, all or nothing: at most 100 events together. The error names
        the stream."""
        from .appends import refuse_own_types

        refuse_own_types(appends)
        return self._appends.append(appends)

    def delete_stream(
        self,
        log: str,
        id: str,
        expected: ExpectedVersion,
        *,
        event_id: Optional[str] = None,
        metadata: Optional[Mapping[str, Any]] = None,
    ) -> Appended:
        """Closes a stream with a tombstone, an event of type "$deleted". Later appends raise
        StreamDeleted; the events can still be read. Raises what `append` raises."""
        tombstone = NewEvent(DELETED, {}, event_id, metadata or {})
        return self._appends.append([StreamAppend(log, id, tombstone, expected)])[0]

    # --- read ---

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
    ) -> Iterator[Event]:
        """The events of a stream from `from_version` to `to_version`, at most `limit`. Backwards,
        `from_version` is the greater one. By default from one end to the other. They are read page
        by page (1 MB) while you iterate. Nothing, if the stream does not exist. Raises InvalidEvent
        for an item that is not an event."""
        first, last = _range(from_version, to_version, limit, backwards)
        items = self.queries.items(stream_key(log, id), first, last, limit, backwards, consistent)
        return map(self.items.event_of, items)

    def read_page(
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
        """At most `limit` events, and the cursor with which the same call reads the next page. A
        stream whose end coincides with a page's may give an empty last page."""
        first, last = _range(from_version, to_version, limit, backwards)
        if cursor is not None:
            first, last = _after(cursor, first, last, backwards)
        items, may_be_more = self.queries.page(stream_key(log, id), first, last, limit, backwards, consistent)
        events = tuple(map(self.items.event_of, items))
        return Page(events, str(events[-1].version) if may_be_more and events else None)

    def version(self, log: str, id: str) -> int:
        """The version of the stream's last event; 0 if the stream does not exist."""
        end = self.queries.end(stream_key(log, id))
        return end.version if end else 0

    def exists(self, log: str, id: str) -> bool:
        """Whether the stream has an event and is not deleted."""
        end = self.queries.end(stream_key(log, id))
        return end is not None and end.type != DELETED

    def read_all(self, log: Optional[str] = None, *, segments: int = 4, consistent: bool = True) -> Iterator[Event]:
        """All events, of one log or of all, read by `segments` threads. Each stream is in order;
        the order of streams means nothing. Items that are in no stream are passed over; one in a
        stream that is not an event raises InvalidEvent. Costs a read of the whole table."""
        return map(self.items.event_of, self._whole.items(log, segments, consistent))

    def streams(self, log: Optional[str] = None) -> Iterator[Stream]:
        """The streams, of one log or of all, each once. Costs a read of the whole table."""
        return self._whole.streams(log)

    def logs(self) -> List[str]:
        """The names of the logs, sorted. Costs a read of the whole table."""
        return self._whole.logs()

    # --- decide ---

    def decide(
        self,
        log: str,
        id: str,
        *,
        initial: State,
        evolve: Callable[[State, Event], State],
        decide: Callable[[State], Sequence[NewEvent]],
        retries: int = 10,
        snapshot: Optional[Snapshot[State]] = None,
    ) -> Decision[State]:
        """Loads a stream's state, decides which events follow from it, and appends them exactly
        after what was loaded.

        `evolve` returns the state after an event, and must not change the state that it gets.
        `decide` returns the events; none is fine. If another writer was faster, all of it is done
        again, at most `retries` times; then VersionConflict is raised. What `decide` raises is
        raised to the caller, and nothing is appended."""
        from .decisions import Decisions

        decisions = Decisions(self, self.client, self.read_model_table, self.environment)
        return decisions.decide(log, id, initial, evolve, decide, retries, snapshot)


def _range(start: Optional[int], end: Optional[int], limit: Optional[int], backwards: bool) -> Tuple[int, int]:
    """The first and the last version of a read."""
    for version in (start, end):
        if version is not None and not 1 <= version <= LAST_VERSION:
            raise InvalidArgument(f"Versions are 1 to {LAST_VERSION}, so none is {version}.", "version")
    if limit is not None and limit < 1:
        raise InvalidArgument(f"limit is at least 1, not {limit}.", "limit")
    first, last = (end, start) if backwards else (start, end)
    return 1 if first is None else first, LAST_VERSION if last is None else last


def _after(cursor: str, first: int, last: int, backwards: bool) -> Tuple[int, int]:
    if not cursor.isascii() or not cursor.isdigit() or not 1 <= int(cursor) <= LAST_VERSION:
        raise InvalidArgument(f"{cursor[:40]!r} is not a cursor.", "cursor")
    return (first, min(last, int(cursor) - 1)) if backwards else (max(first, int(cursor) + 1), last)


def _read_model_table_beside(table: str) -> Optional[str]:
    return read_model_table_name(table[: -len(LOG_TABLE_END)]) if table.endswith(LOG_TABLE_END) else None
