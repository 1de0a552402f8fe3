"""An append-only event log on DynamoDB, for event-sourced applications.

Begin with EventLog (event_log.py), or AsyncEventLog (async_event_log.py) in asyncio programs.
"""

from .async_event_log import AsyncEventLog, AsyncProjector
from .async_subscription import AsyncSubscription
from .clock import now
from .codec import Codec, GzipCodec, PayloadPlace
from .clients import connect
from .decisions import Decision, Snapshot
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
from .parked_events import ParkedEvent
from .projector import Projector, Rebuilt
from .read_models import ReadModel
from .subscription import Subscription
from .upcasters import Upcasters
from .whole_log import Stream

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
