"""Subscriptions: a program's own reader of all events, at least once, each stream in order.

  mails = Subscription(log, "mails")

  @mails.on("signup")
  def welcome(event):
      send_mail(event.payload["email"])

  mails.run()  # until mails.stop()

A subscription first reads the table by a scan, then follows the table's stream. What was written
during the scan is in the stream as well, which is read from where it ended before the scan; what
was handled already is skipped: by stream of events, the last version that was handled is
remembered. If a version is missing in between, it is read from the table.

Programs with the same group share the shards of the stream by leases, and go on where the group
ended. A group that was down for more than 20 hours reads the whole table again, because DynamoDB
keeps the stream for 24. So does one whose table got another stream. One program reads the table,
and must need less than 20 hours.

A handler that raises is tried again. After the last attempt its event is parked, and later events
of its stream are parked behind it, while other streams go on. `parked` lists them and
`retry_parked` handles them, in order.
"""

from __future__ import annotations

import dataclasses
import logging
import threading
from typing import Any, Callable, Dict, List, Optional, Set

from .attributes import Item
from .clients import StreamsClient
from .environment import Environment
from .errors import InvalidArgument, InvalidEvent, LeaseLost, ReplayNeeded
from .event import Event
from .event_items import EventName, event_name_in
from .event_log import EventLog
from .group_items import GROUP, SHARD, Group, GroupItems
from .group_table import GroupTable
from .known_streams import KnownStreams
from .names import STREAM_END, stream_key
from .parked_events import ParkedEvent, ParkedEvents
from .sdk_errors import service_errors
from .service_errors import Outcome, outcome_of
from .shard_leases import ShardLeases
from .table_stream import Record, TableStream

logger = logging.getLogger("dynamodb_log")

Handler = Callable[[Event], Any]

FIRST_RETRY, LONGEST_RETRY = 0.1, 10.0  # seconds before a handler is called again
REMEMBERED_STREAMS = 100_000
SERVICE_PAUSE = 1.0  # seconds before a service that did not answer is asked again


class _Stopped(Exception):
    """A stop was requested before the event was handled."""


class Subscription:
    """Thread safety: `stop`, `parked` and `retry_parked` may be called from any thread; one thread
    runs it."""

    def __init__(
        self,
        log: EventLog,
        group: str,
        *,
        streams: Optional[StreamsClient] = None,
        table: Optional[str] = None,
        retries: int = 5,
        lease_seconds: float = 30,
        idle_seconds: float = 0.2,
        worker: Optional[str] = None,
    ) -> None:
        """`streams`: `boto3.client("dynamodbstreams")`; by default what the log was connected with.
        `table`: of leases and parked events; by default the log's read_model_table.
        `lease_seconds`: a handler must return in less, or another worker takes over.
        `idle_seconds`: between two looks at the stream when nothing was new.
        `worker`: its name, which no other one of the group has; by default a new one."""
        table = table or log.read_model_table
        if not table:
            raise InvalidArgument("A subscription needs a table.")
        if not group or retries < 0 or lease_seconds <= 0:
            raise InvalidArgument("A subscription needs a group, retries of at least 0 and a lease of some seconds.")
        self._log = log
        self._environment: Environment = log.environment
        self._retries = retries
        self._idle_seconds = idle_seconds
        items = GroupTable(log.client, table, group, self._environment)
        self._parked_events = ParkedEvents(items, self._environment)
        self._stream = TableStream(log.client, streams or log.streams_client(), log.table)
        worker = worker or self._environment.uuid()
        self._leases = ShardLeases(GroupItems(items), self._stream, self._environment, worker, lease_seconds)
        self._handlers: Dict[str, Handler] = {}
        self._any_handler: Optional[Handler] = None
        self._handled = KnownStreams(REMEMBERED_STREAMS)
        self._parked_streams: Set[str] = set()
        self._knows_the_group = False  # its leases and what is parked; a look that broke off does not count
        self._stop = threading.Event()

    # --- handlers ---

    def on(self, *types: str) -> Callable[[Handler], Handler]:
        """Decorates the handler of some event types."""

        def add(handler: Handler) -> Handler:
            self._handlers.update(dict.fromkeys(types, handler))
            return handler

        return add

    def on_any(self, handler: Handler) -> Handler:
        """Decorates the handler of all types that have none of their own. Without it these are
        skipped."""
        self._any_handler = handler
        return handler

    # --- life ---

    def run(self) -> None:
        """Handles events until `stop` is called. Then the running handler ends, its checkpoint is
        written, and the leases are given back. A service that does not answer is asked again.
        Raises what boto3 raises otherwise."""
        try:
            while not self._stop.is_set():
                pause = self._idle_seconds
                try:
                    if self.run_once():
                        continue
                except service_errors() as error:
                    if outcome_of(error) not in (Outcome.UNKNOWN, Outcome.BUSY, Outcome.CONFLICT):
                        raise
                    logger.warning("The subscription waits for the service: %s", error)
                    pause = SERVICE_PAUSE
                self._environment.wait(self._stop, pause)
        finally:
            self._leases.give_back()

    def stop(self) -> None:
        self._stop.set()

    def run_once(self) -> bool:
        """One round: leases, then a page of the table or of each own shard. Returns whether there
        was something new."""
        if not self._knows_the_group or self._leases.is_due_to_share():
            self._look_at_the_group()
        if not self._leases.is_caught_up:
            return self._leases.catch_up is not None and self._catch_up(self._leases.catch_up)
        handled = [self._follow(sk) for sk in list(self._leases.own)]
        return any(handled)

    # --- parked events ---

    def parked(self) -> List[ParkedEvent]:
        """The parked events, each stream in order."""
        return list(self._parked_events.all())

    def retry_parked(self, log: Optional[str] = None, id: Optional[str] = None) -> int:
        """Handles the parked events again, each stream in order, of all streams, of a log or of one
        stream. A stream whose handler raises keeps its other parked events. Returns how many were
        handled."""
        failed: Set[str] = set()
        handled = 0
        for parked in list(self._parked_events.all()):
            if (log is not None and parked.log != log) or (id is not None and parked.id != id):
                continue
            if parked.stream not in failed:
                if self._retry(parked):
                    handled += 1
                else:
                    failed.add(parked.stream)
        return handled

    def _retry(self, parked: ParkedEvent) -> bool:
        for item in self._log.queries.items(parked.stream, parked.version, parked.version):  # none: it has expired
            try:
                self._handle(self._log.items.event_of(item))
            except Exception as error:
                self._parked_events.failed_again(parked, repr(error))
                return False
        self._parked_events.remove(parked)
        return True

    # --- the two sources ---

    def _look_at_the_group(self) -> None:
        self._knows_the_group = False
        self._leases.renew()
        self._leases.share()
        self._parked_streams = self._parked_events.streams()
        self._knows_the_group = True

    def _catch_up(self, group: Group) -> bool:
        """The positions of the shards, then a page of the table each time."""
        if not group.is_positioned:
            return self._begin_catch_up()
        if not group.scans:
            self._leases.end_catch_up()
            return True
        request: Dict[str, Any] = {"TableName": self._log.table, "ConsistentRead": True}
        if group.position:
            request["ExclusiveStartKey"] = group.position
        page = self._log.client.scan(**request)
        position = group.position
        try:
            for item in page["Items"]:
                self._beat(GROUP)
                self._take(GROUP, item)
                position = {name: item[name] for name in ("pk", "sk")}
        except (_Stopped, LeaseLost):
            if position:
                self._leases.scanned(position)
            return False
        if "LastEvaluatedKey" in page:
            self._leases.scanned(page["LastEvaluatedKey"])
        else:
            self._leases.end_catch_up()
        return True

    def _begin_catch_up(self) -> bool:
        try:
            self._leases.save_positions(lambda: self._beat(GROUP))
            return True
        except (_Stopped, LeaseLost):
            return False

    def _follow(self, sk: str) -> bool:
        """The next records of a shard."""
        lease = self._leases.own.get(sk)
        if lease is None:
            return False
        before = self._environment.now()
        try:
            if self._leases.may_have_missed(lease):
                raise ReplayNeeded(f"The first records of the shard {lease.shard_id} may be gone.")
            records, is_end = self._stream.read(lease.shard_id, lease.sequence_number)
        except ReplayNeeded as gone:
            logger.warning("The subscription reads the whole table again: %s", gone)
            self._leases.start_over()
            return True
        if not records and not is_end:
            self._leases.was_empty(sk, before)
            return False
        is_whole = self._take_records(sk, records)
        if is_whole and is_end and sk in self._leases.own:
            self._leases.finished(sk)
            self._look_at_the_group()
        return is_whole

    def _take_records(self, sk: str, records: List[Record]) -> bool:
        """Handles the records of a shard and writes the checkpoint. Returns whether all were
        handled."""
        handled: Optional[str] = None
        is_whole = False
        try:
            for record in records:
                if self._beat(sk) and handled is not None:
                    self._leases.reached(sk, handled)
                if record.item is not None:
                    self._take(sk, record.item)
                handled = record.sequence_number
            is_whole = True
        except (_Stopped, LeaseLost):
            pass
        finally:
            if not is_whole:
                self._stream.forget(sk[len(SHARD) :])  # else it would go on after these records
        if handled is not None and sk in self._leases.own:
            self._leases.reached(sk, handled)
        return is_whole

    # --- one event ---

    def _beat(self, sk: str) -> bool:
        """A heartbeat, if it is due; returns whether it was. Raises _Stopped, and LeaseLost if
        another worker reads the shard by now."""
        if self._stop.is_set():
            raise _Stopped()
        is_due = self._leases.is_due()
        if is_due:
            self._leases.renew()
        if not self._leases.has(sk):
            raise LeaseLost(f"Another worker has taken {sk} over.")
        return is_due

    def _take(self, sk: str, item: Item) -> None:
        """Handles an event, after those of its stream that are missing before it, unless it was
        handled already."""
        event = _event_name_of(item)
        if event is None:
            return
        pk = stream_key(event.log, event.id)
        known = self._handled.get(pk)
        if known is not None and event.version <= known.version:
            return
        if known is not None and event.version > known.version + 1:
            for missing in self._log.queries.items(pk, known.version + 1, event.version - 1):
                self._process(sk, pk, missing)
        self._process(sk, pk, item)

    def _process(self, sk: str, pk: str, item: Item) -> None:
        stored = _event_name_of(item)
        if stored is None:
            return
        if pk in self._parked_streams and not self._parked_events.has(pk):
            self._parked_streams.discard(pk)  # they were handled again
        if pk in self._parked_streams:
            self._parked_events.park_behind(stored)
        else:
            self._try(sk, pk, item, stored)
        self._handled.saw(pk, stored.version)

    def _try(self, sk: str, pk: str, item: Item, stored: EventName) -> None:
        for attempt in range(1, self._retries + 2):
            try:
                self._handle(self._log.items.event_of(item))
                return
            except Exception as error:
                logger.warning("A handler raised, attempt %d: %s version %d: %r", attempt, pk, stored.version, error)
                if attempt > self._retries:
                    self._parked_events.park(stored, repr(error), attempt)
                    self._parked_streams.add(pk)
                    return
            delay = min(LONGEST_RETRY, FIRST_RETRY * 2 ** (attempt - 1))
            self._environment.wait(self._stop, delay * self._environment.uniform(0.5, 1))
            self._beat(sk)

    def _handle(self, event: Event) -> None:
        handler = self._handlers.get(event.type, self._any_handler)
        if handler is not None:
            handler(event)


def _event_name_of(item: Item) -> Optional[EventName]:
    """Which event an item should be; None if it has not the key of one, which is reported if it is
    in a stream."""
    try:
        return event_name_in(item)
    except InvalidEvent as error:
        if item.get("pk", {}).get("S", "").endswith(STREAM_END):
            logger.warning("Skipping an item that is not an event: %s", error)
        return None
