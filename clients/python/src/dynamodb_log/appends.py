"""How events are appended: conditional writes, one for each event, all or none.

An event is put at its version on condition that nothing is there. So of two writers of one version
one wins. No gap can arise, because the version before is known to exist: this process has read or
written it (events never change), or the transaction checks it.

Every event has an id before it is sent. So a writer whose condition failed looks whether its own
events are there: then an earlier attempt, whose answer was lost, has written them.
"""

from __future__ import annotations

import dataclasses
from typing import Any, Dict, List, Optional, Sequence, Tuple

from . import retries
from .attributes import Item
from .clients import DynamoDbClient
from .environment import Environment, iso_time
from .errors import EventIdConflict, InvalidArgument, LimitExceeded, StreamDeleted, VersionConflict
from .event import Appended, AppendedEvent, Expected, ExpectedVersion, NewEvent, StreamAppend
from .event_items import EventItems, at_version, size_of
from .known_streams import KnownStreams
from .limits import LAST_VERSION, LOOK_BACK_EVENTS, TRANSACTION_ACTIONS, TRANSACTION_BYTES
from .names import DELETED, stream_key
from .sdk_errors import service_errors
from .service_errors import Outcome, outcome_of
from .stream_queries import StreamQueries


@dataclasses.dataclass
class _Target:
    """One stream of an append."""

    log: str
    id: str
    pk: str
    expected: ExpectedVersion  # as the caller said
    exact: Optional[int]  # the version that it means; None: wherever the end is
    items: List[Item]  # without their versions
    size: int  # of all items, in bytes
    event_ids: List[str]
    has_callers_ids: bool  # at least one
    has_own_ids: bool  # at least one was made here, so whoever has written these events is this call
    after: int = 0  # the version that the events follow
    must_check: bool = False  # whether the transaction has to check that version `after` exists
    found: List[int] = dataclasses.field(default_factory=list)  # the versions of the events that are there already

    def result(self, appended: bool) -> Appended:
        versions = self.found or range(self.after + 1, self.after + 1 + len(self.items))
        events = tuple(map(AppendedEvent, versions, self.event_ids))
        return Appended(events[-1].version, events, appended)

    def conflict(self, current: int) -> VersionConflict:
        expected = self.expected.value if isinstance(self.expected, Expected) else self.expected
        return VersionConflict(self.log, self.id, expected, current)


class Appends:
    """Thread safety: any thread may append."""

    def __init__(
        self,
        client: DynamoDbClient,
        table: str,
        items: EventItems,
        queries: StreamQueries,
        known: KnownStreams,
        environment: Environment,
        attempts: int,
    ) -> None:
        self._client = client
        self._table = table
        self._items = items
        self._queries = queries
        self._known = known
        self._environment = environment
        self._attempts = attempts

    def append(self, appends: Sequence[StreamAppend]) -> Tuple[Appended, ...]:
        targets = self._targets(appends)
        begin = self._environment.monotonic()
        for attempt in range(self._attempts):
            if attempt > 0:
                retries.pause_after_race(self._environment, self._environment.monotonic() - begin)
                begin = self._environment.monotonic()
            self._plan(targets)
            if self._are_there(targets):
                return tuple(target.result(False) for target in targets)
            if self._write(targets):
                return self._written(targets, True)
            self._look_for_own(targets)
            if self._are_there(targets):
                return self._written(targets, any(target.has_own_ids for target in targets))
            self._raise_conflicts(targets)
        lost = targets[0]
        raise lost.conflict(self._end(lost)[0])

    # --- what is appended ---

    def _targets(self, appends: Sequence[StreamAppend]) -> List[_Target]:
        created_at = iso_time(self._environment.now())
        targets = [self._target(append, created_at) for append in appends]
        if not targets:
            raise InvalidArgument("There is nothing to append.", "appends")
        if len({target.pk for target in targets}) < len(targets):
            raise InvalidArgument("A stream is named twice in one append.", "stream")
        count = sum(len(target.items) for target in targets)
        if count > TRANSACTION_ACTIONS:
            raise LimitExceeded("eventsPerAppend", "Events in one append", count, TRANSACTION_ACTIONS)
        size = sum(target.size for target in targets)
        if size > TRANSACTION_BYTES:
            raise LimitExceeded("transactionBytes", "Bytes of the events of one append", size, TRANSACTION_BYTES)
        return targets

    def _target(self, append: StreamAppend, created_at: str) -> _Target:
        events = _events_of(append)
        pk = stream_key(append.log, append.id)
        if not events:
            raise InvalidArgument("There is no event to append.", "events")
        event_ids = [self._environment.uuid() if event.event_id is None else event.event_id for event in events]
        if len(set(event_ids)) < len(event_ids):
            raise InvalidArgument("Two events have the same event id.", "eventId")
        items = [
            self._items.item_of(append.log, append.id, event, event_id, created_at)
            for event, event_id in zip(events, event_ids)
        ]
        size = sum(map(size_of, items))
        callers = [event.event_id is not None for event in events]
        exact = _exact(append.expected)
        return _Target(
            append.log, append.id, pk, append.expected, exact, items, size, event_ids, any(callers), not all(callers)
        )

    # --- where it is appended ---

    def _plan(self, targets: List[_Target]) -> None:
        for target in targets:
            if target.exact is None:
                self._plan_at_end(target)
            else:
                self._plan_exactly(target, target.exact)
        if any(target.found for target in targets):
            self._look_for_own(targets)
        else:
            self._make_room(targets)

    def _plan_exactly(self, target: _Target, version: int) -> None:
        target.after = version
        known = self._known.get(target.pk)
        target.must_check = version > 0 and (known is None or known.version < version)
        if known is not None and known.is_deleted and known.version == version:
            raise StreamDeleted(target.log, target.id, version)

    def _plan_at_end(self, target: _Target) -> None:
        last = list(self._queries.last(target.pk, LOOK_BACK_EVENTS if target.has_callers_ids else 1))
        target.after = last[0].version if last else 0
        versions = {mark.event_id: mark.version for mark in last if mark.event_id is not None}
        there = [versions[event_id] for event_id in target.event_ids if event_id in versions]
        if there:
            if len(there) < len(target.event_ids) or there != sorted(there):
                raise EventIdConflict(target.log, target.id, [one for one in target.event_ids if one in versions])
            target.found = there
        elif last and last[0].type == DELETED:
            raise StreamDeleted(target.log, target.id, target.after)
        elif not last and target.expected is Expected.STREAM_EXISTS:
            raise target.conflict(0)

    def _make_room(self, targets: List[_Target]) -> None:
        """Looks first what a full transaction has no action left to check."""
        room = TRANSACTION_ACTIONS - sum(len(target.items) for target in targets)
        for target in [target for target in targets if target.must_check][room:]:
            mark = self._queries.mark(target.pk, target.after)
            target.must_check = False
            if mark is None:
                raise target.conflict(self._end(target)[0])
            if mark.type == DELETED:
                raise StreamDeleted(target.log, target.id, target.after)

    # --- the write ---

    def _write(self, targets: List[_Target]) -> bool:
        """Whether everything was written; False if a condition failed. Raises what the service
        answers otherwise."""
        actions = [action for target in targets for action in self._actions(target)]
        token = self._environment.uuid()
        for attempt in range(1, max(self._attempts, retries.ATTEMPTS) + 1):
            try:
                self._send(actions, token)
                return True
            except service_errors() as error:
                outcome = outcome_of(error)
                if outcome is Outcome.LOST:
                    return False
                attempts = self._attempts if outcome is Outcome.CONFLICT else retries.ATTEMPTS
                if outcome is Outcome.FAILED or attempt >= attempts:
                    raise
                if outcome is Outcome.CONFLICT:
                    retries.pause_after_race(self._environment)
                else:
                    retries.pause_after(attempt, self._environment)
        return False

    def _actions(self, target: _Target) -> List[Dict[str, Any]]:
        last = target.after + len(target.items)
        if last > LAST_VERSION:
            raise LimitExceeded("version", f"The version of {target.log}#{target.id}", last, LAST_VERSION)
        items = [at_version(item, target.after + 1 + index) for index, item in enumerate(target.items)]
        actions: List[Dict[str, Any]] = [
            {"Put": {"TableName": self._table, "Item": item, "ConditionExpression": "attribute_not_exists(pk)"}}
            for item in items
        ]
        return [{"ConditionCheck": self._check_of(target)}, *actions] if target.must_check else actions

    def _check_of(self, target: _Target) -> Dict[str, Any]:
        return {
            "TableName": self._table,
            "Key": {"pk": {"S": target.pk}, "sk": {"N": str(target.after)}},
            "ConditionExpression": "attribute_exists(pk) AND #type <> :deleted",
            "ExpressionAttributeNames": {"#type": "type"},
            "ExpressionAttributeValues": {":deleted": {"S": DELETED}},
        }

    def _send(self, actions: List[Dict[str, Any]], token: str) -> None:
        if len(actions) == 1:
            self._client.put_item(**actions[0]["Put"])
            return
        self._client.transact_write_items(TransactItems=actions, ClientRequestToken=token)

    # --- after a lost race ---

    def _look_for_own(self, targets: List[_Target]) -> None:
        for target in [target for target in targets if not target.found]:
            first, last = target.after + 1, target.after + len(target.items)
            there = [(mark.version, mark.event_id) for mark in self._queries.marks(target.pk, first, last)]
            if there == list(enumerate(target.event_ids, first)):
                target.found = [version for version, _ in there]

    def _are_there(self, targets: List[_Target]) -> bool:
        """Whether all events are in their streams already. Those of one append are written
        together."""
        there = [target for target in targets if target.found]
        if there and len(there) < len(targets):
            self._raise_conflicts([target for target in targets if not target.found])
            raise EventIdConflict(there[0].log, there[0].id, there[0].event_ids)
        return bool(there)

    def _raise_conflicts(self, targets: List[_Target]) -> None:
        for target in targets:
            if target.exact is None:
                continue  # the next attempt looks for its end
            current, is_deleted = self._end(target)
            if is_deleted:
                raise StreamDeleted(target.log, target.id, current)
            if current != target.exact:
                raise target.conflict(current)

    def _end(self, target: _Target) -> Tuple[int, bool]:
        end = self._queries.end(target.pk)
        return (end.version, end.type == DELETED) if end else (0, False)

    def _written(self, targets: List[_Target], appended: bool) -> Tuple[Appended, ...]:
        results = tuple(target.result(appended) for target in targets)
        for target, result in zip(targets, results):
            self._known.saw(target.pk, result.version, target.items[-1]["type"]["S"] == DELETED)
        return results


def _exact(expected: ExpectedVersion) -> Optional[int]:
    """The version that an expectation names; None if it is the end, wherever that is."""
    if isinstance(expected, Expected):
        return 0 if expected is Expected.NO_STREAM else None
    if isinstance(expected, bool) or not isinstance(expected, int) or expected < 0:
        raise InvalidArgument(f"The expected version is {expected!r}: neither Expected.… nor 0, 1, 2 …", "version")
    if expected > LAST_VERSION:
        raise LimitExceeded("version", "The expected version", expected, LAST_VERSION)
    return expected


def _events_of(append: StreamAppend) -> List[NewEvent]:
    given: Any = append.events
    events = [given] if isinstance(given, NewEvent) else given
    if not isinstance(events, Sequence) or not all(isinstance(event, NewEvent) for event in events):
        raise InvalidArgument("What is appended is neither a NewEvent nor a sequence of them.", "events")
    return list(events)


def refuse_own_types(appends: Sequence[StreamAppend]) -> None:
    """Types that begin with "$" are the log's own: a tombstone is written by deleting a stream."""
    for append in appends:
        for event in _events_of(append):
            if isinstance(event.type, str) and event.type.startswith("$"):
                raise InvalidArgument(f'The type "{event.type}" begins with "$", as the log\'s own types do.', "type")
