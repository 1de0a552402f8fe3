"""An append-only event log on DynamoDB, for event-sourced applications.

Begin with EventLog (event_log.py), or AsyncEventLog (async_event_log.py) in asyncio programs.

What a function that builds read models does not use is loaded when it is used first: asyncio and
http.client alone would double the time that the function takes to start.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .clients import connect
from .environment import Environment, SystemEnvironment
from .errors import (
    EventIdConflict,
    EventLogError,
    InvalidArgument,
    InvalidEvent,
    LeaseLost,
    LimitExceeded,
    RacesLost,
    ReadModelBehind,
    StreamDeleted,
    VersionConflict,
)
from .event import Appended, AppendedEvent, Event, Expected, ExpectedVersion, NewEvent, StreamAppend
from .event_log import EventLog, Page
from .names import DELETED, StreamName, log_table_name, parse_stream_key, read_model_table_name, stream_key
from .projector import Projector, Rebuilt
from .read_models import ReadModel
from .upcasters import Upcasters

if TYPE_CHECKING:
    from .async_event_log import AsyncEventLog, AsyncProjector
    from .async_subscription import AsyncSubscription
    from .clock import now
    from .codec import Codec, GzipCodec, PayloadPlace
    from .decisions import Decision, Snapshot
    from .light_client import LightClient
    from .parked_events import ParkedEvent
    from .subscription import Subscription
    from .whole_log import Stream
else:
    LOADED_LATER = {
        "AsyncEventLog": "async_event_log",
        "AsyncProjector": "async_event_log",
        "AsyncSubscription": "async_subscription",
        "Codec": "codec",
        "Decision": "decisions",
        "GzipCodec": "codec",
        "LightClient": "light_client",
        "ParkedEvent": "parked_events",
        "PayloadPlace": "codec",
        "Snapshot": "decisions",
        "Stream": "whole_log",
        "Subscription": "subscription",
        "now": "clock",
    }

    def __getattr__(name):
        import importlib

        if name not in LOADED_LATER:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(importlib.import_module(f".{LOADED_LATER[name]}", __name__), name)

    def __dir__():
        return sorted([*globals(), *LOADED_LATER])


__all__ = [
    "AsyncEventLog",
    "AsyncProjector",
    "AsyncSubscription",
    "Appended",
    "AppendedEvent",
    "Codec",
    "DELETED",
    "Decision",
    "Environment",
    "Event",
    "EventIdConflict",
    "EventLog",
    "EventLogError",
    "Expected",
    "ExpectedVersion",
    "GzipCodec",
    "InvalidArgument",
    "InvalidEvent",
    "LeaseLost",
    "LightClient",
    "LimitExceeded",
    "NewEvent",
    "Page",
    "ParkedEvent",
    "PayloadPlace",
    "Projector",
    "RacesLost",
    "ReadModel",
    "ReadModelBehind",
    "Rebuilt",
    "Snapshot",
    "Stream",
    "StreamAppend",
    "StreamDeleted",
    "StreamName",
    "Subscription",
    "SystemEnvironment",
    "Upcasters",
    "VersionConflict",
    "connect",
    "log_table_name",
    "now",
    "parse_stream_key",
    "read_model_table_name",
    "stream_key",
]
