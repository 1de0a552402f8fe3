"""Events that a handler did not handle, and those of the same streams behind them. The events
themselves stay in the log.

  pk              S  subscription#<group>
  sk              S  parked#<pk of the stream>#<version, 16 digits>, or, because a sort key has at most
                     1,024 bytes: parked#sha256:<digest of the pk, hex>#<version>
  stream          S  the pk of the stream
  log, id, type   S
  version         N
  error           S  why it is parked
  attempts        N  0: it waits behind another one
  parkedAt        S  ISO 8601
"""

from __future__ import annotations

import dataclasses
import hashlib
from typing import Iterator, Set

from .attributes import Item
from .environment import Environment, iso_time
from .errors import InvalidEvent
from .event_items import EventName
from .group_table import GroupTable
from .limits import SORT_KEY_BYTES
from .names import parse_stream_key, stream_key

PARKED = "parked#"
VERSION_DIGITS = 16
STREAM = {"ProjectionExpression": "#stream", "ExpressionAttributeNames": {"#stream": "stream"}}
ERROR_CHARACTERS = 2000


@dataclasses.dataclass(frozen=True)
class ParkedEvent:
    """An event that the handler did not handle, or that follows such a one in its stream
    (`attempts` is 0). `type` is empty if the program that parked it did not say it."""

    log: str
    id: str
    version: int
    type: str
    error: str
    attempts: int
    parked_at: str  # ISO 8601

    @property
    def stream(self) -> str:
        return stream_key(self.log, self.id)


class ParkedEvents:
    """Thread safety: any thread may call any method."""

    def __init__(self, table: GroupTable, environment: Environment) -> None:
        self._table = table
        self._environment = environment

    def park(self, event: EventName, error: str, attempts: int) -> None:
        """Parks an event that was not handled."""
        self._table.put(self._item_of(event, error, attempts))

    def park_behind(self, event: EventName) -> None:
        """Parks an event because another one of its stream is parked. If it is parked itself, what
        is known of it stays."""
        item = self._item_of(event, "It follows a parked event of its stream.", 0)
        self._table.put(item, ConditionExpression="attribute_not_exists(pk)")

    def failed_again(self, parked: ParkedEvent, error: str) -> None:
        """Says that a parked event was tried once more."""
        self._table.put(self._item_of(parked, error, parked.attempts + 1))

    def remove(self, parked: ParkedEvent) -> None:
        self._table.remove(_sort_key(parked))

    def all(self) -> Iterator[ParkedEvent]:
        """The parked events, each stream in order."""
        return map(_parked_in, self._table.query(PARKED))

    def streams(self) -> Set[str]:
        """The partition keys of the streams that have a parked event."""
        return set(map(_stream_of, self._table.query(PARKED, **STREAM)))

    def has(self, pk: str) -> bool:
        """Whether an event of a stream is parked."""
        # Ids may contain anything, so the keys of another stream may begin like this one's.
        return any(_stream_of(item) == pk for item in self._table.query(_begin_of(pk), **STREAM))

    def _item_of(self, event: "EventName | ParkedEvent", error: str, attempts: int) -> Item:
        return {
            **self._table.key(_sort_key(event)),
            "stream": {"S": stream_key(event.log, event.id)},
            "log": {"S": event.log},
            "id": {"S": event.id},
            "version": {"N": str(event.version)},
            "type": {"S": event.type},
            "error": {"S": error[:ERROR_CHARACTERS]},
            "attempts": {"N": str(attempts)},
            "parkedAt": {"S": iso_time(self._environment.now())},
        }


def _sort_key(event: "EventName | ParkedEvent") -> str:
    return f"{_begin_of(stream_key(event.log, event.id))}{event.version:0{VERSION_DIGITS}}"


def _begin_of(pk: str) -> str:
    """What the sort keys of a stream's parked events begin with."""
    begin = f"{PARKED}{pk}#"
    if len(begin.encode()) + VERSION_DIGITS <= SORT_KEY_BYTES:
        return begin
    return f"{PARKED}sha256:{hashlib.sha256(pk.encode()).hexdigest()}#"


def _stream_of(item: Item) -> str:
    stream: str = item["stream"]["S"]
    return stream


def _parked_in(item: Item) -> ParkedEvent:
    stream = parse_stream_key(_stream_of(item))
    if stream is None:
        raise InvalidEvent(f"Not a parked event: {item['sk']['S']}.")
    return ParkedEvent(
        log=stream.log,
        id=stream.id,
        version=int(item["version"]["N"]),
        type=item.get("type", {}).get("S", ""),
        error=item["error"]["S"],
        attempts=int(item["attempts"]["N"]),
        parked_at=item["parkedAt"]["S"],
    )
