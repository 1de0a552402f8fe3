"""The trigger in Python: the function between the log table's stream and the bus.

  Handler: dynamodb_log.trigger.handler

It puts an event on the bus for each change record of an event:

  Source "dynamodb-log", DetailType "stream changes",
  Detail {"log", "key": {"pk", "sk"}, "type", "payload"}          numbers keep every digit

Removals, and items outside streams, are ignored. An entry over MAX_ENTRY_BYTES is sent with
"partial": true and its payload cut down to {"id"}. A call carries at most ten entries and 1 MB, in
the order of the records. Failed entries are retried with growing delays. If some still fail,
nothing after them is sent, and the answer names the record from which the batch must be retried:
the event source mapping must enable ReportBatchItemFailures. An item that is not an event is
reported and skipped.

Environment: EVENT_BUS_NAME (default "dynamodb-log") and MAX_ENTRY_BYTES (1,024 to 1,048,576;
default 1 MB less 4 KB, the room for the envelope that a target gets).

Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import os
import sys
from typing import Any, Dict, Iterator, List, Mapping, Optional

from .clients import EventBridgeClient, connect
from .environment import Environment, SystemEnvironment
from .errors import InvalidArgument, InvalidEvent
from .event_items import event_in, version_in
from .exact_json import json_of_attributes, text_of
from .names import BUS, DETAIL_TYPE, SOURCE, STREAM_END
from .sdk_errors import service_errors

CALL_ENTRIES = 10
CALL_BYTES = 1024 * 1024
LEAST_ENTRY_BYTES = 1024
ENTRY_BYTES = CALL_BYTES - 4096
FIRST_DELAY = 0.05  # seconds


@dataclasses.dataclass(frozen=True)
class Entry:
    sequence_number: str
    key: str  # for reports
    detail: str
    trace_header: str

    def size(self) -> int:
        """In bytes, as EventBridge counts."""
        return len(SOURCE) + len(DETAIL_TYPE) + len(self.detail.encode())


class Publisher:
    """Thread safety: any thread may publish."""

    def __init__(
        self,
        events: EventBridgeClient,
        *,
        bus: str = BUS,
        max_entry_bytes: int = ENTRY_BYTES,
        attempts: int = 6,
        environment: Optional[Environment] = None,
    ) -> None:
        """`attempts`: of each entry, in total."""
        self._events = events
        self._bus = bus
        self._max_entry_bytes = min(max_entry_bytes, CALL_BYTES)
        self._attempts = attempts
        self._environment: Environment = environment or SystemEnvironment()

    def publish(self, batch: Mapping[str, Any]) -> Optional[str]:
        """Publishes a batch as an event source mapping passes it: {"Records": […]}. Returns the
        sequence number from which the batch must be retried; None if all is done. Raises
        InvalidArgument if it is not a batch."""
        entries = self._entries(batch)
        while entries:
            count = self._fit(entries)
            failed = self._put_all(entries[:count])
            if failed:
                return failed[0].sequence_number
            entries = entries[count:]
        return None

    def _entries(self, batch: Mapping[str, Any]) -> List[Entry]:
        records = batch.get("Records") if isinstance(batch, Mapping) else None
        if not isinstance(records, list) or not all(map(_is_change, records)):
            raise InvalidArgument('Not a batch of change records: no "Records", or one without "dynamodb".', "batch")
        return [entry for record in records for entry in self._entry(record)]

    def _entry(self, record: Mapping[str, Any]) -> Iterator[Entry]:
        change = record["dynamodb"]
        pk = change.get("Keys", {}).get("pk", {}).get("S", "")
        if not pk.endswith(STREAM_END) or record.get("eventName") == "REMOVE":
            return
        try:
            if "NewImage" not in change:
                raise InvalidEvent("The record has no new image (the stream's view type must carry it).")
            entry = self._entry_of(record, change["NewImage"])
            if entry.size() > self._max_entry_bytes:
                entry = dataclasses.replace(entry, detail=_detail(change["NewImage"], partial=True))
            yield entry
        except InvalidEvent as error:
            _report(f"Skipping an item that is not an event: {text_of(change['Keys'])}: {error}")

    def _entry_of(self, record: Mapping[str, Any], image: Mapping[str, Any]) -> Entry:
        detail = _detail(image, partial=False)
        sequence_number = str(record["dynamodb"].get("SequenceNumber", ""))
        key = f"{image['pk']['S']} version {version_in(image)}"
        return Entry(sequence_number, key, detail, _trace_header(record))

    def _fit(self, entries: List[Entry]) -> int:
        """How many entries one call can carry; at least one."""
        size = count = 0
        for entry in entries[:CALL_ENTRIES]:
            size += entry.size()
            if count and size > CALL_BYTES:
                break
            count += 1
        return count

    def _put_all(self, entries: List[Entry]) -> List[Entry]:
        """The entries that failed in every attempt."""
        for attempt in range(self._attempts):
            if attempt > 0:
                self._environment.sleep(FIRST_DELAY * 2 ** (attempt - 1) + self._environment.uniform(0, FIRST_DELAY))
            entries = self._put(entries)
            if not entries:
                break
        return entries

    def _put(self, entries: List[Entry]) -> List[Entry]:
        """One call. Returns the entries that failed, in order."""
        try:
            answers = self._events.put_events(Entries=[self._request(entry) for entry in entries])["Entries"]
        except service_errors() as error:
            _report(f"PutEvents of {len(entries)} events failed: {error}")
            return entries
        failed = []
        for entry, answer in zip(entries, answers):
            if "ErrorCode" in answer:
                failed.append(entry)
                why = f"{answer['ErrorCode']}: {answer.get('ErrorMessage', '')}"
                _report(f"The bus {self._bus} rejected {entry.key}: {why}")
        return failed

    def _request(self, entry: Entry) -> Dict[str, Any]:
        return {
            "Source": SOURCE,
            "DetailType": DETAIL_TYPE,
            "Detail": entry.detail,
            "EventBusName": self._bus,
            "TraceHeader": entry.trace_header,
        }


def _is_change(record: Any) -> bool:
    return isinstance(record, dict) and isinstance(record.get("dynamodb"), dict)


def _detail(image: Mapping[str, Any], partial: bool) -> str:
    event = event_in({**image, "payload": {"M": {}}} if image.get("payload", {}).get("M") is not None else image)
    key = f'{{"pk":{text_of(image["pk"]["S"])},"sk":{event.version}}}'
    payload = text_of({"id": event.id}) if partial else json_of_attributes(image["payload"]["M"])
    end = ',"partial":true}' if partial else "}"
    return f'{{"log":{text_of(event.log)},"key":{key},"type":{text_of(event.type)},"payload":{payload}{end}'


def _trace_header(record: Mapping[str, Any]) -> str:
    """A trace id of X-Ray that belongs to this change record alone, whoever publishes it and how
    often: the bus's archive knows by it which events are the same. "Sampled=0": nobody pays for the
    trace."""
    change = record["dynamodb"]
    created = change.get("ApproximateCreationDateTime")
    seconds = int(min(max(created, 0), 2**32 - 1)) if isinstance(created, (int, float)) else 0
    names = (record.get("eventID", ""), record.get("eventSourceARN", ""), change.get("SequenceNumber", ""))
    digest = hashlib.sha256("\0".join(names).encode()).hexdigest()
    return f"Root=1-{seconds:08x}-{digest[:24]};Sampled=0"


def _report(line: str) -> None:
    print(line, file=sys.stderr)


def settings_of(variables: Mapping[str, str]) -> Dict[str, Any]:
    """A Publisher's settings, from the function's environment variables. Raises InvalidArgument."""
    text = variables.get("MAX_ENTRY_BYTES") or str(ENTRY_BYTES)
    if not text.isascii() or not text.isdigit() or not LEAST_ENTRY_BYTES <= int(text) <= CALL_BYTES:
        raise InvalidArgument(f'MAX_ENTRY_BYTES must be a number from 1024 to 1048576, not "{text}".', "environment")
    return {"bus": variables.get("EVENT_BUS_NAME") or BUS, "max_entry_bytes": int(text)}


@functools.lru_cache(maxsize=1)
def _publisher() -> Publisher:
    return Publisher(connect("events"), **settings_of(os.environ))


def handler(event: Mapping[str, Any], context: Any) -> Dict[str, Any]:
    """The Lambda function."""
    return answer_of(_publisher(), event)


def answer_of(publisher: Publisher, batch: Mapping[str, Any]) -> Dict[str, Any]:
    """Publishes a batch, and returns what ReportBatchItemFailures expects."""
    failed = publisher.publish(batch)
    return {"batchItemFailures": [] if failed is None else [{"itemIdentifier": failed}]}
