"""Events as items of the log table, and back: event.py's format, with codec and upcasters."""

from __future__ import annotations

import collections.abc
import dataclasses
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Dict, Mapping, NamedTuple, Optional

from .attributes import Item, from_attribute, item_size, to_attribute
from .errors import InvalidArgument, InvalidEvent, LimitExceeded
from .event import Event, NewEvent
from .limits import ITEM_BYTES, LAST_VERSION
from .names import DELETED, parse_stream_key, stream_key
from .upcasters import SCHEMA_VERSION, Upcasters

if TYPE_CHECKING:
    from .codec import Codec


class EventItems:
    """Thread safety: as its codec and upcasters."""

    def __init__(self, codec: Optional[Codec] = None, upcasters: Optional[Upcasters] = None) -> None:
        self._codec = codec
        self._upcasters = upcasters or Upcasters()

    def item_of(self, log: str, id: str, event: NewEvent, event_id: str, created_at: str) -> Item:
        """The item of an event, without its version. Raises InvalidArgument."""
        _check(id, event)
        item: Item = {
            "pk": {"S": stream_key(log, id)},
            "type": {"S": event.type},
            "log": {"S": log},
            "payload": to_attribute(self._payload_of(log, id, event), "payload"),
            "eventId": {"S": event_id},
            "createdAt": {"S": created_at},
        }
        metadata = self._metadata_of(event)
        if metadata:
            item["metadata"] = to_attribute(metadata, "metadata")
        if event.ttl is not None:
            item["ttl"] = {"N": str(event.ttl)}
        return item

    def _payload_of(self, log: str, id: str, event: NewEvent) -> Dict[str, Any]:
        payload: Mapping[str, Any] = {**event.payload, "id": id}
        if self._codec and event.type != DELETED:
            from .codec import PayloadPlace

            payload = self._codec.encode(payload, PayloadPlace(log, id, event.type))
        return {**payload, "id": id}

    def _metadata_of(self, event: NewEvent) -> Dict[str, Any]:
        metadata = dict(event.metadata)
        latest = self._upcasters.latest(event.type)
        if latest > 1:
            metadata[SCHEMA_VERSION] = latest  # whatever the event says that they were copied from
        return metadata

    def event_of(self, item: Mapping[str, Any]) -> Event:
        """The event of an item, decoded, in the latest schema version. Raises InvalidEvent if the
        item is none."""
        event = event_in(item)
        if event.type == DELETED:
            return event
        if self._codec:
            from .codec import PayloadPlace

            place = PayloadPlace(event.log, event.id, event.type)
            payload = {**self._codec.decode(event.payload, place), "id": event.payload["id"]}
            event = dataclasses.replace(event, payload=payload)
        return self._upcasters.upcast(event)


def event_in(item: Mapping[str, Any]) -> Event:
    """The event of an item as it is stored. Raises InvalidEvent if the item is none."""
    stream = parse_stream_key(_required(item, "pk", "S"))
    if stream is None:
        raise InvalidEvent('"pk" is not <log>#<id>#stream.')
    payload = from_attribute({"M": _required(item, "payload", "M")})
    ttl = item.get("ttl", {}).get("N")
    return Event(
        log=_required(item, "log", "S"),
        id=stream.id,
        version=version_in(item),
        type=_required(item, "type", "S"),
        payload={"id": stream.id, **payload},
        event_id=item.get("eventId", {}).get("S"),
        created_at=item.get("createdAt", {}).get("S"),
        metadata=from_attribute({"M": item.get("metadata", {}).get("M", {})}),
        ttl=None if ttl is None else int(Decimal(ttl)),
    )


class EventName(NamedTuple):
    """Which event an item should be, whatever else is in it."""

    log: str
    id: str
    version: int
    type: str  # empty if the item has none


def event_name_in(item: Mapping[str, Any]) -> EventName:
    """Raises InvalidEvent if the item has not the key of an event."""
    stream = parse_stream_key(_required(item, "pk", "S"))
    if stream is None:
        raise InvalidEvent('"pk" is not <log>#<id>#stream.')
    return EventName(stream.log, stream.id, version_in(item), item.get("type", {}).get("S", ""))


def has_version(item: Mapping[str, Any]) -> bool:
    """Whether an item's sort key is a version. Other items in a stream are no events."""
    text = str(item.get("sk", {}).get("N", ""))
    return text.isascii() and text.isdigit() and 0 < int(text) <= LAST_VERSION


def version_in(item: Mapping[str, Any]) -> int:
    """The version of an item. Raises InvalidEvent if it is not from 1 to LAST_VERSION."""
    text = str(_required(item, "sk", "N"))
    if not has_version(item):
        raise InvalidEvent(f'"sk" is {text[:40]}, not a version (1, 2, 3 …).')
    return int(text)


def at_version(item: Item, version: int) -> Item:
    """The item of an event that gets this version."""
    return {**item, "sk": {"N": str(version)}}


def size_of(item: Item) -> int:
    """The bytes of an event's item with the version that takes most: it is not known yet. Raises
    LimitExceeded if it is too large."""
    size = item_size(at_version(item, LAST_VERSION))
    if size > ITEM_BYTES:
        raise LimitExceeded("eventBytes", f"Bytes of the event \"{item['type']['S']}\"", size, ITEM_BYTES)
    return size


def _check(id: str, event: NewEvent) -> None:
    if not isinstance(event.type, str) or not event.type:
        raise InvalidArgument("The event has no type.", "type")
    if not isinstance(event.payload, Mapping):
        raise InvalidArgument(f"The payload of \"{event.type}\" is not a dict.", "payload")
    if not isinstance(event.metadata, Mapping):
        raise InvalidArgument(f"The metadata of \"{event.type}\" are not a dict.", "metadata")
    if event.payload.get("id", id) != id:
        raise InvalidArgument(f'The payload\'s "id" of "{event.type}" is not the id of the stream.', "payloadId")
    if event.event_id is not None and (not isinstance(event.event_id, str) or not event.event_id):
        raise InvalidArgument(f'The event id of "{event.type}" is empty.', "eventId")
    if event.ttl is not None and (isinstance(event.ttl, bool) or not isinstance(event.ttl, int)):
        raise InvalidArgument(f'The ttl of "{event.type}" is not a whole number of seconds since 1970.', "ttl")


def _required(item: Mapping[str, Any], name: str, kind: str) -> Any:
    attribute = item.get(name)
    if not isinstance(attribute, collections.abc.Mapping) or kind not in attribute:
        raise InvalidEvent(f'"{name}" is missing or not of type {kind}.')
    return attribute[kind]
