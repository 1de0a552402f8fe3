"""What the library takes from its surroundings: time, pauses, random numbers, ids."""

from __future__ import annotations

import datetime
import random
import threading
import time
from typing import Protocol


class Environment(Protocol):
    """Thread safety: every method may be called from any thread."""

    def now(self) -> datetime.datetime:
        """The time of day, in UTC."""

    def monotonic(self) -> float:
        """Seconds of a clock that nobody sets."""

    def sleep(self, seconds: float) -> None:
        """Pauses the thread."""

    def wait(self, stop: threading.Event, seconds: float) -> bool:
        """Pauses the thread until `stop` is set, but at most for `seconds`. Returns whether it is
        set."""

    def uniform(self, least: float, most: float) -> float:
        """A random number."""

    def uuid(self) -> str:
        """A new UUID."""


class SystemEnvironment:
    """The machine's clock and random numbers."""

    def now(self) -> datetime.datetime:
        return datetime.datetime.now(datetime.timezone.utc)

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    def wait(self, stop: threading.Event, seconds: float) -> bool:
        return stop.wait(seconds)

    def uniform(self, least: float, most: float) -> float:
        return random.uniform(least, most)

    def uuid(self) -> str:
        import uuid  # which loads much; who only reads needs none

        return str(uuid.uuid4())


def iso_time(time: datetime.datetime) -> str:
    """ISO 8601 with milliseconds, in UTC: "2026-11-28T12:00:00.000Z"."""
    return time.astimezone(datetime.timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def time_in(text: str) -> datetime.datetime:
    """The time that iso_time has written."""
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
