"""Names that are part of the log's format: of its tables, its keys, its bus and its events."""

from __future__ import annotations

from typing import NamedTuple, Optional

from .errors import InvalidArgument, LimitExceeded
from .limits import PARTITION_KEY_BYTES

BUS = "dynamodb-log"
SOURCE = "dynamodb-log"
DETAIL_TYPE = "stream changes"
DELETED = "$deleted"  # the type of a tombstone, the last event of a deleted stream
STREAM_END = "#stream"
LOG_TABLE_END = "-dynamodb-logs"  # after the stage
READ_MODEL_TABLE_END = "-core"


class StreamName(NamedTuple):
    """A stream of events: all events of one entity."""

    log: str
    id: str


def log_table_name(stage: str) -> str:
    """The log table of a stage: "local-dynamodb-logs"."""
    return stage + LOG_TABLE_END


def read_model_table_name(stage: str) -> str:
    """The table of a stage's read models: "local-core"."""
    return stage + READ_MODEL_TABLE_END


def stream_key(log: str, id: str) -> str:
    """The partition key of a stream's events: "users#42#stream". Raises InvalidArgument for a log
    or id that is empty or no str and a "#" in the log's name, and LimitExceeded for a key over
    2,048 bytes."""
    if not isinstance(log, str):
        raise InvalidArgument("The name of the log is not a str.", "log")
    if not log:
        raise InvalidArgument("The log has no name.", "log")
    if "#" in log:
        raise InvalidArgument(f'The name of the log "{log}" must not contain "#".', "log")
    if not isinstance(id, str):
        raise InvalidArgument("The id of the stream is not a str.", "id")
    if not id:
        raise InvalidArgument("The id of the stream is empty.", "id")
    key = f"{log}#{id}{STREAM_END}"
    size = len(key.encode())
    if size > PARTITION_KEY_BYTES:
        raise LimitExceeded("keyBytes", "Bytes of the partition key (log and id)", size, PARTITION_KEY_BYTES)
    return key


def parse_stream_key(key: str) -> Optional[StreamName]:
    """The stream of a partition key; None if the key is not a stream's."""
    if not key.endswith(STREAM_END):
        return None
    log, hash, id = key[: -len(STREAM_END)].partition("#")
    return StreamName(log, id) if log and hash and id else None
