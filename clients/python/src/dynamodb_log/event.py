"""Events, and what an append says about them.

In the log table `<stage>-dynamodb-logs` an event is one item:

  pk         S   <log>#<id>#stream        the stream: all events of one entity
  sk         N   1, 2, 3 …                the event's version in its stream
  type       S   "signup"
  log        S   "users"
  payload    M   {"id": …, …}             contains at least the id
  eventId    S   a UUID                   optional
  createdAt  S   ISO 8601                 optional
  metadata   M   correlationId …          optional
  ttl        N   seconds since 1970       optional: DynamoDB removes the event some time after

Thread safety: value types; nobody changes them.
"""

from __future__ import annotations

import dataclasses
import enum
from typing import Any, Mapping, Optional, Sequence, Tuple, Union


class Expected(str, enum.Enum):
    """What a writer expects of a stream. A number is the version of its last event; 0 means
    NO_STREAM."""

    ANY = "any"  # append at the end; lost races are retried
    NO_STREAM = "noStream"  # the stream has no event yet
    STREAM_EXISTS = "streamExists"  # append at the end of a stream that has an event

    def __str__(self) -> str:
        return self.value


ExpectedVersion = Union[int, Expected]


@dataclasses.dataclass(frozen=True)
class NewEvent:
    """An event to append."""

    type: str
    payload: Mapping[str, Any] = dataclasses.field(default_factory=dict)  # `id` is added if absent
    event_id: Optional[str] = None  # None: a new UUID. Your own makes an append idempotent.
    metadata: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    ttl: Optional[int] = None  # seconds since 1970


@dataclasses.dataclass(frozen=True)
class Event:
    """An event of the log. Numbers in payload and metadata are Decimal."""

    log: str
    id: str
    version: int
    type: str
    payload: Mapping[str, Any]
    event_id: Optional[str] = None
    created_at: Optional[str] = None  # ISO 8601
    metadata: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    ttl: Optional[int] = None  # seconds since 1970


@dataclasses.dataclass(frozen=True)
class AppendedEvent:
    version: int
    event_id: str


@dataclasses.dataclass(frozen=True)
class Appended:
    """The result of an append. `appended` is False if the events, known by their ids, were there
    already."""

    version: int  # of the last event
    events: Tuple[AppendedEvent, ...]
    appended: bool


@dataclasses.dataclass(frozen=True)
class StreamAppend:
    """The events of one stream in an append to several streams."""

    log: str
    id: str
    events: Union[NewEvent, Sequence[NewEvent]]
    expected: ExpectedVersion
