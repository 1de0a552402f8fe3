"""Rebuilding read models from the first event, while the old ones serve.

  users = RebuildableProjector(log, "users", type="user", name="users")
  users.rebuild(prefix="v2#")     # builds new read models beside the old ones, then switches
  users.get("42")                 # reads the old ones before the switch, and the new ones after it

The read-model table has an item that says which read models serve, and which are being built:

  pk        S   projection#<name>
  sk        S   state
  active    M   {table, prefix}
  building  M   {table, prefix}        while a rebuild runs

Every `project` and `get` reads this item first, consistently. While a rebuild runs, `project`
brings the new read models up to date before the old ones. So an event that is appended during the
rebuild is in the new ones: the rebuild finds it in the log, or its own handler starts after the
rebuild and writes to both.

A rebuild that was interrupted is started again with the same place; it goes on where it ended.
"""

from __future__ import annotations

import concurrent.futures
from typing import Any, Dict, List, Optional, Tuple

from .attributes import Item
from .errors import EventLogError, InvalidArgument
from .event_log import EventLog
from .projector import Projector
from .read_models import Place
from .service_errors import SERVICE_ERRORS, is_condition_failure


class RebuildInProgress(EventLogError):
    """Read models of another place are being built."""


class RebuildableProjector(Projector):
    """A projector whose read models can be built anew. Thread safety: as Projector's."""

    def __init__(
        self,
        log: EventLog,
        log_name: str,
        *,
        type: str,
        name: str,
        table: Optional[str] = None,
        prefix: str = "",
        attempts: int = 10,
    ) -> None:
        """`name`: of the projection. `table` and `prefix`: where the read models are before the
        first rebuild."""
        super().__init__(log, log_name, type=type, table=table, prefix=prefix, attempts=attempts)
        self._client = log.client
        self._name = name
        self._state_key: Item = {"pk": {"S": f"projection#{name}"}, "sk": {"S": "state"}}

    def places(self) -> List[Place]:
        active, building = self._state()
        return [active] if building is None else [building, active]

    def active(self) -> Place:
        """Where the read models are that serve."""
        return self._state()[0]

    def building(self) -> Optional[Place]:
        """Where read models are being built; None if no rebuild runs."""
        return self._state()[1]

    def rebuild(self, *, table: Optional[str] = None, prefix: str = "", threads: int = 4) -> int:
        """Builds read models of all streams at another place, then switches to it. Returns the
        number of streams. The old read models stay where they are. Raises RebuildInProgress, and
        what `project` raises: then nothing is switched, and the rebuild can be started again."""
        place = Place(table or self.place.table, prefix)
        self._begin(place)
        with concurrent.futures.ThreadPoolExecutor(threads, "dynamodb-log-rebuild") as pool:
            count = self._build(pool, place, threads)
        self._switch(place)
        return count

    def cancel_rebuild(self) -> None:
        """Forgets a rebuild. What it has written stays where it is."""
        self._client.update_item(
            TableName=self.place.table, Key=self._state_key, UpdateExpression="REMOVE building"
        )

    def _build(self, pool: concurrent.futures.ThreadPoolExecutor, place: Place, threads: int) -> int:
        count = 0
        waiting: List["concurrent.futures.Future[int]"] = []
        for stream in self._log.streams(self._log_name):
            waiting.append(pool.submit(self.project_into, place, stream.id))
            count += 1
            if len(waiting) >= 4 * threads:
                waiting.pop(0).result()
        for one in waiting:
            one.result()
        return count

    def _state(self) -> Tuple[Place, Optional[Place]]:
        answer = self._client.get_item(TableName=self.place.table, Key=self._state_key, ConsistentRead=True)
        item = answer.get("Item", {})
        return _place_in(item, "active") or self.place, _place_in(item, "building")

    def _begin(self, place: Place) -> None:
        if place == self.active():
            raise InvalidArgument("The read models that serve are at this place: name another table or prefix.")
        try:
            self._client.update_item(
                TableName=self.place.table,
                Key=self._state_key,
                UpdateExpression="SET building = :place, active = if_not_exists(active, :active)",
                ConditionExpression="attribute_not_exists(building) OR building = :place",
                ExpressionAttributeValues={":place": _attribute(place), ":active": _attribute(self.place)},
            )
        except SERVICE_ERRORS as error:
            if is_condition_failure(error):
                raise RebuildInProgress(f"The projection {self._name} is being built at another place.") from error
            raise

    def _switch(self, place: Place) -> None:
        try:
            self._client.update_item(
                TableName=self.place.table,
                Key=self._state_key,
                UpdateExpression="SET active = :place REMOVE building",
                ConditionExpression="building = :place OR active = :place",
                ExpressionAttributeValues={":place": _attribute(place)},
            )
        except SERVICE_ERRORS as error:
            if is_condition_failure(error):
                raise RebuildInProgress(f"The rebuild of the projection {self._name} was cancelled.") from error
            raise


def _attribute(place: Place) -> Dict[str, Any]:
    return {"M": {"table": {"S": place.table}, "prefix": {"S": place.prefix}}}


def _place_in(item: Item, name: str) -> Optional[Place]:
    if name not in item:
        return None
    members = item[name]["M"]
    return Place(members["table"]["S"], members["prefix"]["S"])
