"""Upcasters: old events in the shape of today.

  upcasters = Upcasters()

  @upcasters.on("signup", 1)
  def split_name(payload):  # from schema version 1 to 2
      first, _, last = payload["name"].partition(" ")
      return {**payload, "firstName": first, "lastName": last}

An event's schema version is `metadata["schemaVersion"]`, or 1 if that is absent. A reader sees
every event in the latest version of its type. An append writes the latest version, unless the
event's own metadata name another.

Thread safety: add all upcasters before the first read; then any thread may read.
"""

from __future__ import annotations

import dataclasses
from typing import Any, Callable, Dict, Mapping, Tuple

from .errors import InvalidArgument, InvalidEvent
from .event import Event

SCHEMA_VERSION = "schemaVersion"

Upcast = Callable[[Dict[str, Any]], Mapping[str, Any]]


class Upcasters:
    def __init__(self) -> None:
        self._upcasts: Dict[Tuple[str, int], Upcast] = {}
        self._latest: Dict[str, int] = {}

    def on(self, type: str, version: int) -> Callable[[Upcast], Upcast]:
        """Decorates the function that turns a payload of `version` into one of `version` + 1."""

        def add(upcast: Upcast) -> Upcast:
            self.add(type, version, upcast)
            return upcast

        return add

    def add(self, type: str, version: int, upcast: Upcast) -> None:
        if version < 1:
            raise InvalidArgument(f"A schema version is 1, 2, 3 …, not {version}.")
        if (type, version) in self._upcasts:
            raise InvalidArgument(f'"{type}" has an upcaster of schema version {version} already.')
        self._upcasts[type, version] = upcast
        self._latest[type] = max(self._latest.get(type, 1), version + 1)

    def latest(self, type: str) -> int:
        """The latest schema version of an event type; 1 if it has no upcaster."""
        return self._latest.get(type, 1)

    def upcast(self, event: Event) -> Event:
        """The event in its latest schema version. Raises InvalidEvent if an upcaster is missing in
        between, or if newer code has written the event."""
        latest = self.latest(event.type)
        version = schema_version(event.metadata) if latest > 1 else 1
        if version == latest:
            return event
        if version > latest:
            raise InvalidEvent(f'"{event.type}" has schema version {version}, and this code knows {latest}.')
        payload = dict(event.payload)
        for step in range(version, latest):
            upcast = self._upcasts.get((event.type, step))
            if upcast is None:
                raise InvalidEvent(f'"{event.type}" has no upcaster from schema version {step} to {step + 1}.')
            payload = dict(upcast(payload))
        return dataclasses.replace(event, payload=payload, metadata={**event.metadata, SCHEMA_VERSION: latest})


def schema_version(metadata: Mapping[str, Any]) -> int:
    """The schema version in an event's metadata. Raises InvalidEvent if it is none."""
    value = metadata.get(SCHEMA_VERSION, 1)
    try:
        version = int(value)
    except (TypeError, ValueError):
        version = 0
    if version < 1 or version != value:
        raise InvalidEvent(f"metadata.{SCHEMA_VERSION} is {value!r}, not 1, 2, 3 …")
    return version
