"""Load, decide, append: an application's command handler, with optional snapshots.

A snapshot is one item of the read-model table:

  pk       S     <log>#<id>#snapshot
  sk       S     the snapshot's name
  version  N     of the last event in the state
  code     S     the version of the code that made the state; other code ignores the snapshot
  state    any   what `encode` returned

A snapshot only saves reading: without it the state is the same. So one that cannot be written (a
state of more than 400 KB, say) is reported in the Python log `dynamodb_log`, and the decision
stands.
"""

from __future__ import annotations

import dataclasses
import logging
from typing import Any, Callable, Generic, Iterator, Optional, Protocol, Sequence, Tuple, TypeVar, Union

from .attributes import from_attribute, to_attribute
from .clients import DynamoDbClient
from .environment import Environment
from .errors import InvalidArgument, StreamDeleted, VersionConflict
from .event import Appended, Event, ExpectedVersion, NewEvent
from .names import DELETED, STREAM_END, stream_key
from .retries import pause_after_race
from .sdk_errors import service_errors
from .service_errors import is_condition_failure

State = TypeVar("State")

logger = logging.getLogger("dynamodb_log")


def _same(state: Any) -> Any:
    return state


@dataclasses.dataclass(frozen=True)
class Snapshot(Generic[State]):
    """How a state is kept. Change `code_version` whenever `evolve` or the state's shape changes.

    `every`: a snapshot is written after at least that many events were read. `encode` and `decode`
    turn the state into what DynamoDB can hold, and back (numbers come back as Decimal)."""

    name: str
    code_version: str
    every: int = 100
    encode: Callable[[State], Any] = _same
    decode: Callable[[Any], State] = _same


@dataclasses.dataclass(frozen=True)
class Decision(Generic[State]):
    """`state`: with the new events in it. `version`: of the stream. `appended`: None if there was
    nothing to append."""

    state: State
    version: int
    appended: Optional[Appended]


class Log(Protocol):
    """What a decision needs of an EventLog."""

    def read(self, log: str, id: str, *, from_version: int = 1) -> Iterator[Event]: ...

    def append(
        self, log: str, id: str, events: Union[NewEvent, Sequence[NewEvent]], expected: ExpectedVersion
    ) -> Appended: ...


class Decisions:
    """Thread safety: any thread may decide."""

    def __init__(
        self, log: Log, client: DynamoDbClient, table: Optional[str], environment: Environment
    ) -> None:
        self._log = log
        self._environment = environment
        self._client = client
        self._table = table

    def decide(
        self,
        log: str,
        id: str,
        initial: State,
        evolve: Callable[[State, Event], State],
        decide: Callable[[State], Sequence[NewEvent]],
        retries: int,
        snapshot: Optional[Snapshot[State]],
    ) -> Decision[State]:
        if snapshot and not self._table:
            raise InvalidArgument("A snapshot needs the log's read_model_table.")
        for attempt in range(retries + 1):
            state, version = self._load(log, id, initial, evolve, snapshot)
            events = list(decide(state))
            if not events:
                return Decision(state, version, None)
            try:
                appended = self._log.append(log, id, events, version)
            except VersionConflict:
                if attempt == retries:
                    raise
                if attempt > 0:  # one loss is common; who loses again pauses, so that others get through
                    pause_after_race(self._environment)
                continue
            for event in self._log.read(log, id, from_version=version + 1):
                if event.version > appended.version:
                    break
                state = evolve(state, event)
            return Decision(state, appended.version, appended)
        raise InvalidArgument(f"retries is at least 0, not {retries}.")

    def _load(
        self,
        log: str,
        id: str,
        initial: State,
        evolve: Callable[[State, Event], State],
        snapshot: Optional[Snapshot[State]],
    ) -> Tuple[State, int]:
        state, version = initial, 0
        if snapshot:
            state, version = self._snapshot(log, id, initial, snapshot)
        begin = version
        for event in self._log.read(log, id, from_version=version + 1):
            version = event.version
            if event.type == DELETED:
                raise StreamDeleted(log, id, version)
            state = evolve(state, event)
        if snapshot and version - begin >= snapshot.every:
            self._keep(log, id, state, version, snapshot)
        return state, version

    def _snapshot(self, log: str, id: str, initial: State, snapshot: Snapshot[State]) -> Tuple[State, int]:
        answer = self._client.get_item(
            TableName=self._table, Key=_key(log, id, snapshot), ConsistentRead=True
        )
        item = answer.get("Item")
        if not item or item.get("code", {}).get("S") != snapshot.code_version:
            return initial, 0
        return snapshot.decode(from_attribute(item["state"])), int(item["version"]["N"])

    def _keep(self, log: str, id: str, state: State, version: int, snapshot: Snapshot[State]) -> None:
        try:
            self._client.put_item(
                TableName=self._table,
                Item={
                    **_key(log, id, snapshot),
                    "type": {"S": "snapshot"},
                    "version": {"N": str(version)},
                    "code": {"S": snapshot.code_version},
                    "state": to_attribute(snapshot.encode(state), "the snapshot's state"),
                },
                ConditionExpression="attribute_not_exists(pk) OR #version < :version OR #code <> :code",
                ExpressionAttributeNames={"#version": "version", "#code": "code"},
                ExpressionAttributeValues={":version": {"N": str(version)}, ":code": {"S": snapshot.code_version}},
            )
        except (InvalidArgument, *service_errors()) as error:
            if not is_condition_failure(error):  # else another writer's snapshot is newer
                logger.warning("The snapshot %s of %s#%s was not written: %s", snapshot.name, log, id, error)


def _key(log: str, id: str, snapshot: Snapshot[Any]) -> Any:
    pk = stream_key(log, id)[: -len(STREAM_END)] + "#snapshot"
    return {"pk": {"S": pk}, "sk": {"S": snapshot.name}}
