"""What this process has seen of streams: how far they went. Events never change, so it stays
true."""

from __future__ import annotations

import collections
import threading
from typing import NamedTuple, Optional


class KnownEnd(NamedTuple):
    version: int  # an event of this version exists
    is_deleted: bool  # and it is a tombstone


class KnownStreams:
    """The least recently used streams are forgotten. Thread safety: any thread may call any
    method."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._ends: "collections.OrderedDict[str, KnownEnd]" = collections.OrderedDict()
        self._lock = threading.Lock()

    def get(self, pk: str) -> Optional[KnownEnd]:
        with self._lock:
            end = self._ends.get(pk)
            if end is not None:
                self._ends.move_to_end(pk)
            return end

    def saw(self, pk: str, version: int, is_deleted: bool = False) -> None:
        with self._lock:
            end = self._ends.get(pk)
            if end is None or version >= end.version:
                self._ends[pk] = KnownEnd(version, is_deleted)
            self._ends.move_to_end(pk)
            if len(self._ends) > self._most:
                self._ends.popitem(last=False)
