"""The library's exceptions. `str(error)` is one line for a person to read.

What the service answers and the library does not understand is raised as boto3 raises it
(`botocore.exceptions.ClientError`, and `BotoCoreError` if there was no answer).
"""

from __future__ import annotations

from typing import Sequence, Union


class EventLogError(Exception):
    """Any error of this library."""


class InvalidArgument(EventLogError, ValueError):
    """An argument that no table can hold: an empty id, a float, a payload with another id. Nothing
    was written. `limit` names what is broken, with the same words in all of the log's libraries:
    "id", "type", "payloadId" …"""

    def __init__(self, message: str, limit: str = "argument") -> None:
        super().__init__(message)
        self.limit = limit


class LimitExceeded(InvalidArgument):
    """A limit of DynamoDB: `limit` names it ("eventBytes", "eventsPerAppend", "transactionBytes",
    "keyBytes", "version"); `actual` and `maximum` are in its unit."""

    def __init__(self, limit: str, what: str, actual: int, maximum: int) -> None:
        super().__init__(f"{what}: {actual:,}, and at most {maximum:,} are possible.", limit)
        self.actual = actual
        self.maximum = maximum


class VersionConflict(EventLogError):
    """The stream is not at the version that the writer expects. Nothing was appended.

    `expected`: what was passed: a version, or "noStream", "streamExists" or "any" (which lost every
    race).
    `current`: the version of the stream's last event; 0 if the stream does not exist.
    """

    def __init__(self, log: str, id: str, expected: Union[int, str], current: int) -> None:
        wanted = f"at version {expected}" if isinstance(expected, int) else str(expected)
        super().__init__(f"The stream {log}#{id} is at version {current}, but was expected to be: {wanted}.")
        self.log = log
        self.id = id
        self.expected = expected
        self.current = current


class StreamDeleted(EventLogError):
    """The stream was closed by `delete_stream`; `version` is that of its last event, the
    tombstone."""

    def __init__(self, log: str, id: str, version: int) -> None:
        super().__init__(f"The stream {log}#{id} was deleted at version {version}.")
        self.log = log
        self.id = id
        self.version = version
        self.current = version


class EventIdConflict(EventLogError):
    """Some of the event ids are in the stream already, but not all of them in this order. Nothing
    was appended."""

    def __init__(self, log: str, id: str, event_ids: Sequence[str]) -> None:
        ids = ", ".join(event_ids)
        super().__init__(f"The stream {log}#{id} holds some of the events already, but not all in this order: {ids}.")
        self.log = log
        self.id = id
        self.event_ids = tuple(event_ids)


class InvalidEvent(EventLogError):
    """An item is not an event in the log's format; the message says what is missing or wrong. A
    handler raises it for an event that it cannot apply."""


class ReadModelBehind(EventLogError, TimeoutError):
    """The read model has not seen the awaited version in time. `version`: what it has seen."""

    def __init__(self, log: str, id: str, awaited: int, version: int, seconds: float) -> None:
        super().__init__(
            f"The read model of {log}#{id} is at version {version}, not at {awaited}, after {seconds:g} s."
        )
        self.log = log
        self.id = id
        self.awaited = awaited
        self.version = version


class RacesLost(EventLogError):
    """Other writers were faster in every attempt. The work can be tried again."""


class LeaseLost(EventLogError):
    """Another worker of the group has taken the shard over."""


class ReplayNeeded(EventLogError):
    """What was not read yet is no longer in the table's stream, which keeps it for 24 hours."""
