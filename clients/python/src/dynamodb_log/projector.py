"""Builds read models from the events of one log.

  users = Projector(log, "users", type="user")

  @users.on("signup")
  def signup(event, user):
      user["name"] = event.payload["name"]

  def handler(event, context):  # a function that a rule of the bus invokes
      users.handle(event)

An event is only a hint that there may be work: streams, buses and invocations promise neither order
nor uniqueness. `project` reads the read model's version, queries the log for later events
(consistently), stops at a gap, applies the events in order, and writes the result on condition that
the version is still what it read. If another handler was faster, it goes on from what that wrote.

If an applier raises, the events before it are written and the error is raised: only that stream
waits.

Read models can be rebuilt while the old ones serve. The new ones have a generation:

  v2 = Projector(log, "users", type="user", generation="v2")
  v2.rebuild()          # handlers project both meanwhile, the new one first
  v2.make_current()     # from now on get_current() reads v2, whichever projector is asked

The read model of generation "v2" has the key v2/<log>#<id>. The item pk = projection#<log>#<type>,
sk = generation says in `current` which generation is current. These are the same items in every
language.
"""

from __future__ import annotations

import dataclasses
import logging
from typing import Any, Callable, Dict, List, Mapping, Optional, Tuple

from .attributes import Item
from .environment import Environment
from .errors import InvalidArgument, InvalidEvent, LimitExceeded, RacesLost, ReadModelBehind
from .event import Event
from .event_log import EventLog
from .limits import SORT_KEY_BYTES, TRANSACTION_ACTIONS
from .names import DELETED, parse_stream_key, stream_key
from .read_models import KEY_ATTRIBUTES, MAIN_ATTRIBUTES, ReadModel, Update
from .sdk_errors import service_errors
from .service_errors import Outcome, failed_item, outcome_of

logger = logging.getLogger("dynamodb_log")

Apply = Callable[[Event, ReadModel], None]

MOST_EVENTS = 1000  # that are applied before they are written
FIRST_POLL, LONGEST_POLL = 0.01, 0.25  # seconds between two looks of wait_for


@dataclasses.dataclass(frozen=True)
class Rebuilt:
    """`streams`: in the log. `advanced`: how many of their read models were behind."""

    streams: int
    advanced: int


class Projector:
    """Thread safety: call `on` before anything else; then any thread may call any method."""

    def __init__(
        self,
        log: EventLog,
        log_name: str,
        *,
        type: str,
        table: Optional[str] = None,
        generation: str = "",
        attempts: int = 10,
    ) -> None:
        """`log_name`: "users". `type`: that of the main items: "user". `table`: by default the
        log's read_model_table. `generation`: of the read models, without "#"; the first one has
        none. `attempts`: while other handlers write the same read model."""
        table = table or log.read_model_table
        if not table:
            raise InvalidArgument("A projector needs a table.")
        self._log = log
        self._log_name = log_name
        self._type = type
        self._attempts = attempts
        self._appliers: Dict[str, Apply] = {}
        self._environment: Environment = log.environment
        self._table = table
        self._generation = generation
        self._prefix = _prefix_of(generation)

    @property
    def log_name(self) -> str:
        return self._log_name

    def on(self, event_type: str) -> Callable[[Apply], Apply]:
        """Decorates the function that applies events of one type to the main item. It must depend
        on its arguments alone. Events of other types only advance the version."""

        def add(apply: Apply) -> Apply:
            self._appliers[event_type] = apply
            return apply

        return add

    def project(self, id: str, hint: int = 0) -> int:
        """Brings the read model of one stream up to date, unless it is at version `hint` already
        (0: in any case). Returns its version. Raises RacesLost, what an applier raised, and what
        boto3 raises."""
        progress = self._load(self._prefix, id)
        for attempt in range(self._attempts):
            if attempt > 1:  # whoever was faster has most likely done the work, so the first loss needs no pause
                self._environment.sleep(self._environment.uniform(0, 0.01 * attempt))
                progress.reload()
            if 0 < hint <= progress.version:
                return progress.version
            if self._advance(progress):
                return progress.version
        raise RacesLost(f"The read model {self._prefix}{self._log_name}#{id} was written by others each of "
                        f"{self._attempts} times.")

    def handle(self, bus_event: Mapping[str, Any]) -> int:
        """The same for an event of the bus: {"detail": {"log", "key": {"pk", "sk"}, …}}. Raises
        InvalidEvent if it is anything else, or from another log."""
        try:
            key = bus_event["detail"]["key"]
            stream, hint = parse_stream_key(key["pk"]), int(key["sk"])
            if stream is None or stream.log != self._log_name:
                raise ValueError(key["pk"])
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            pk = f"{self._log_name}#<id>#stream"
            raise InvalidEvent(f"Not an event of this log: no detail.key of pk ({pk}) and sk.") from error
        return self.project(stream.id, hint)

    def get(self, id: str, sk: Optional[str] = None) -> Optional[Dict[str, Any]]:
        """The main item of a read model, or another one by its sort key; None if there is none.
        Numbers are Decimal."""
        return self._get(self._prefix, id, sk)

    def version(self, id: str) -> int:
        """What the read model has seen of a stream."""
        return self._load(self._prefix, id).version

    def wait_for(self, id: str, version: int, seconds: float = 10) -> None:
        """Waits until the read model has seen a version: then you read your own writes. Raises
        ReadModelBehind."""
        deadline = self._environment.monotonic() + seconds
        pause = FIRST_POLL
        while True:
            seen = self.version(id)
            if seen >= version:
                return
            if self._environment.monotonic() >= deadline:
                raise ReadModelBehind(self._log_name, id, version, seen, seconds)
            self._environment.sleep(pause)
            pause = min(LONGEST_POLL, 2 * pause)

    # --- generations ---

    def rebuild(self, *, threads: int = 8) -> Rebuilt:
        """Projects all streams of the log; costs a scan of the log table. Raises what `project`
        raises; it can be called again."""
        import concurrent.futures

        streams = advanced = 0
        running: List["concurrent.futures.Future[bool]"] = []
        with concurrent.futures.ThreadPoolExecutor(threads, "dynamodb-log-rebuild") as pool:
            try:
                for stream in self._log.streams(self._log_name):
                    running.append(pool.submit(self._catch_up, stream.id, stream.version))
                    streams += 1
                    if len(running) >= 4 * threads:
                        advanced += running.pop(0).result()
                advanced += sum(one.result() for one in running)
            except BaseException:
                for one in running:
                    one.cancel()
                raise
        return Rebuilt(streams, advanced)

    def make_current(self) -> None:
        """Makes this projector's generation the current one."""
        item = {**self._pointer_key(), "current": {"S": self._generation}}
        self._log.client.put_item(TableName=self._table, Item=item)

    def current_generation(self) -> str:
        """The current generation; "" is the first one."""
        key = self._pointer_key()
        answer = self._log.client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        generation: str = answer.get("Item", {}).get("current", {}).get("S", "")
        return generation

    def get_current(self, id: str, sk: Optional[str] = None) -> Optional[Dict[str, Any]]:
        """As `get`, of the current generation."""
        return self._get(_prefix_of(self.current_generation()), id, sk)

    def _catch_up(self, id: str, version: int) -> bool:
        """Whether the read model was behind this version, and no longer is where it was."""
        before = self.version(id)
        return before < version and self.project(id, version) > before

    def _pointer_key(self) -> Item:
        return {"pk": {"S": f"projection#{self._log_name}#{self._type}"}, "sk": {"S": "generation"}}

    # --- one read model ---

    def _get(self, prefix: str, id: str, sk: Optional[str]) -> Optional[Dict[str, Any]]:
        model = self._load(prefix, id).model
        found = model if sk is None else model.more(sk)
        return dict(found) or None

    def _load(self, prefix: str, id: str) -> _Progress:
        stream_key(self._log_name, id)  # refuses what cannot be a stream
        key = f"{prefix}{self._log_name}#{id}"
        size = len(key.encode())
        if size > SORT_KEY_BYTES:
            raise LimitExceeded("sortKeyBytes", "Bytes of the read model's key", size, SORT_KEY_BYTES)
        return _Progress(self._log.client, self._table, key, id)

    def _advance(self, progress: _Progress) -> bool:
        """Applies and writes the events that follow. Returns False if another handler was faster;
        then `progress` is what that has written."""
        while True:
            read_version = progress.version
            failure, is_end = self._apply_events(progress)
            if progress.version > read_version and not self._write(progress, read_version):
                return False
            if failure is not None:
                raise failure
            if is_end:
                return True
            progress.reload()

    def _apply_events(self, progress: _Progress) -> Tuple[Optional[Exception], bool]:
        """What an applier raised, and whether there are no more events."""
        count = 0
        for event in self._log.read(self._log_name, progress.id, from_version=progress.version + 1):
            if event.version != progress.version + 1:
                logger.warning("%s#%s has a gap: after version %d comes version %d.", self._log_name, progress.id,
                               progress.version, event.version)
                return None, True
            if count == MOST_EVENTS or progress.is_full():
                return None, False
            try:
                self._apply(event, progress.model)
            except Exception as error:
                # What it changed before it raised must not be written.
                self._go_back(progress, event.version)
                return error, True
            if progress.is_too_full():
                self._go_back(progress, event.version)
                return (None, False) if count > 0 else (_too_many_items(event), True)
            progress.version = event.version
            count += 1
        return None, True

    def _apply(self, event: Event, model: ReadModel) -> None:
        apply = self._appliers.get(event.type)
        if apply is not None:
            apply(event, model)
        elif event.type != DELETED:
            logger.warning('An event of unknown type "%s" only advances the version: %s#%s version %d.', event.type,
                           event.log, event.id, event.version)

    def _go_back(self, progress: _Progress, version: int) -> None:
        """Undoes what the event of a version has changed."""
        progress.reload()
        first = progress.version + 1
        if first < version:
            for event in self._log.read(self._log_name, progress.id, from_version=first, to_version=version - 1):
                self._apply(event, progress.model)
                progress.version = event.version

    def _write(self, progress: _Progress, read_version: int) -> bool:
        actions = progress.actions(self._type, read_version)
        try:
            if len(actions) == 1:
                self._log.client.update_item(**actions[0]["Update"])
            else:
                self._log.client.transact_write_items(TransactItems=actions)
        except service_errors() as error:
            if outcome_of(error) not in (Outcome.LOST, Outcome.CONFLICT):
                raise
            progress.reload(failed_item(error))
            return False
        return True


class _Progress:
    """The read model of one stream while events are applied to it."""

    def __init__(self, client: Any, table: str, pk: str, id: str) -> None:
        self._client = client
        self._table = table
        self._pk = pk
        self.id = id
        self.reload()

    def reload(self, item: Optional[Item] = None) -> None:
        """Forgets what was applied. `item`: the main item as it is now; None: it is read."""
        self._more: Dict[str, ReadModel] = {}
        item = item or self._read(self._pk)
        self.version = int(item.get("version", {"N": "0"})["N"])
        self._main = item
        self._model: Optional[ReadModel] = None

    @property
    def model(self) -> ReadModel:
        """Made when it is needed: most hints are of events that are in the read model already."""
        if self._model is None:
            self._model = ReadModel(self._main, MAIN_ATTRIBUTES, self._item)
        return self._model

    def is_full(self) -> bool:
        """Whether one transaction can hold no more items."""
        return self._changed_items() + 1 >= TRANSACTION_ACTIONS

    def is_too_full(self) -> bool:
        """Whether one transaction cannot hold the items that were changed."""
        return self._changed_items() + 1 > TRANSACTION_ACTIONS

    def _changed_items(self) -> int:
        """Of the items besides the main one."""
        return sum(model.is_to_write for model in self._more.values())

    def _item(self, sk: str) -> ReadModel:
        if sk == self._pk:
            return self.model
        if sk not in self._more:
            self._more[sk] = ReadModel(self._read(sk), KEY_ATTRIBUTES, self._item)
        return self._more[sk]

    def _key(self, sk: str) -> Item:
        return {"pk": {"S": self._pk}, "sk": {"S": sk}}

    def _read(self, sk: str) -> Item:
        answer = self._client.get_item(TableName=self._table, Key=self._key(sk), ConsistentRead=True)
        item: Item = answer.get("Item", {})
        return item

    def actions(self, type: str, read_version: int) -> List[Dict[str, Any]]:
        """The writes: of the main item on condition of its version, and of the others."""
        main = Update()
        main.set("version", self.version)
        if read_version == 0:
            main.set("type", type)
            main.set("id", self.id)
        main.add_changes(self.model)
        condition = "attribute_not_exists(#a0)"
        if read_version > 0:
            main.values[":read"] = {"N": str(read_version)}
            condition = "#a0 = :read"
        update = main.request(self._table, self._key(self._pk), condition)
        if getattr(self._client, "returns_failed_items", False):
            update["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
        actions = [{"Update": update}]
        for sk, model in self._more.items():
            actions += self._action(sk, model)
        return actions

    def _action(self, sk: str, model: ReadModel) -> List[Dict[str, Any]]:
        if not model.is_to_write:
            return []
        if model.is_deleted:
            return [{"Delete": {"TableName": self._table, "Key": self._key(sk)}}]
        update = Update()
        update.add_changes(model)
        return [{"Update": update.request(self._table, self._key(sk))}]


def _too_many_items(event: Event) -> InvalidArgument:
    return InvalidArgument(f"The applier of {event.log}#{event.id} version {event.version} changes more than "
                           f"{TRANSACTION_ACTIONS - 1} items besides the main one.", "items")


def _prefix_of(generation: str) -> str:
    """What the keys of a generation's read models begin with."""
    if "#" in generation:
        raise InvalidArgument('A generation must not contain "#".', "generation")
    return f"{generation}/" if generation else ""
