"""The stream of the log table, as DynamoDB Streams serves it: shards and their records."""

from __future__ import annotations

from typing import Any, Callable, Dict, List, NamedTuple, Optional

from .attributes import Item
from .clients import DynamoDbClient, StreamsClient
from .errors import InvalidArgument, ReplayNeeded
from .sdk_errors import service_errors
from .service_errors import error_code

RECORDS = 1000  # a call, at most
END_PAGES = 10_000  # that are read to find a shard's end; a position before it is safe as well
# The record after a position is gone, or the whole shard is.
GONE = {"TrimmedDataAccessException", "ResourceNotFoundException"}


class Shard(NamedTuple):
    id: str
    parent: Optional[str]
    is_closed: bool


class Record(NamedTuple):
    sequence_number: str
    item: Optional[Item]  # that was inserted; None: any other change


class TableStream:
    """Thread safety: one thread."""

    def __init__(self, tables: DynamoDbClient, streams: StreamsClient, table: str) -> None:
        self._tables = tables
        self._streams = streams
        self._table = table
        self._arn: Optional[str] = None
        self._iterators: Dict[str, str] = {}

    def look(self) -> str:
        """The ARN of the stream that the table has now: a stream that was switched off and on again
        is another one. Raises InvalidArgument if the table has none."""
        table = self._tables.describe_table(TableName=self._table)["Table"]
        if not table.get("StreamSpecification", {}).get("StreamEnabled"):
            raise InvalidArgument(f"The table {self._table} has no stream, so nobody can subscribe to it.")
        arn = str(table["LatestStreamArn"])
        if arn != self._arn:
            self._iterators.clear()
            self._arn = arn
        return arn

    def shards(self) -> List[Shard]:
        """The shards, as far as the stream still has them."""
        request: Dict[str, Any] = {"StreamArn": self._stream_arn()}
        shards: List[Shard] = []
        while True:
            description = self._streams.describe_stream(**request)["StreamDescription"]
            shards += map(_shard, description["Shards"])
            if not description.get("LastEvaluatedShardId"):
                return shards
            request["ExclusiveStartShardId"] = description["LastEvaluatedShardId"]

    def end_of(self, shard: Shard, beat: Callable[[], object]) -> "tuple[Optional[str], bool]":
        """The sequence number of a shard's last record (None: it has none), and whether nothing can
        follow. What is written meanwhile may be before or after it. `beat` is called after each
        page."""
        last: Optional[str] = None
        iterator = None if shard.is_closed else self._iterator(shard.id, None)
        for _ in range(END_PAGES):
            if not iterator:
                return last, True
            answer = self._streams.get_records(ShardIterator=iterator, Limit=RECORDS)
            if not answer["Records"]:
                break
            last = answer["Records"][-1]["dynamodb"]["SequenceNumber"]
            iterator = answer.get("NextShardIterator")
            beat()
        return last, False

    def forget(self, shard: str) -> None:
        """The next read of a shard begins at its checkpoint."""
        self._iterators.pop(shard, None)

    def is_reading(self, shard: str) -> bool:
        """Whether the next read of a shard goes on where the last one ended."""
        return shard in self._iterators

    def read(self, shard: str, after: Optional[str]) -> "tuple[list[Record], bool]":
        """The next records, and whether the shard ended. `after`: the sequence number of the
        checkpoint, which counts for the first read of a shard; None: its beginning. Raises
        ReplayNeeded if records after it are gone."""
        try:
            return self._read(shard, after)
        except service_errors() as error:
            self.forget(shard)
            if error_code(error) == "ExpiredIteratorException":
                return [], False
            if error_code(error) in GONE:
                raise ReplayNeeded(f"The records of the shard {shard} after its checkpoint are gone.") from error
            raise

    def _read(self, shard: str, after: Optional[str]) -> "tuple[list[Record], bool]":
        iterator = self._iterators.pop(shard, None) or self._iterator(shard, after)
        answer = self._streams.get_records(ShardIterator=iterator, Limit=RECORDS)
        next_iterator = answer.get("NextShardIterator")
        if next_iterator:
            self._iterators[shard] = next_iterator
        return [_record(record) for record in answer["Records"]], not next_iterator

    def _iterator(self, shard: str, after: Optional[str]) -> str:
        request: Dict[str, Any] = {"StreamArn": self._stream_arn(), "ShardId": shard}
        if after is None:
            request["ShardIteratorType"] = "TRIM_HORIZON"
        else:
            request.update(ShardIteratorType="AFTER_SEQUENCE_NUMBER", SequenceNumber=after)
        return str(self._streams.get_shard_iterator(**request)["ShardIterator"])

    def _stream_arn(self) -> str:
        return self._arn or self.look()


def _record(record: Dict[str, Any]) -> Record:
    change = record["dynamodb"]
    item = change.get("NewImage") if record.get("eventName") == "INSERT" else None
    return Record(change["SequenceNumber"], item)


def _shard(shard: Dict[str, Any]) -> Shard:
    is_closed = bool(shard.get("SequenceNumberRange", {}).get("EndingSequenceNumber"))
    return Shard(shard["ShardId"], shard.get("ParentShardId"), is_closed)
