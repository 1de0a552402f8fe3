"""Rebuilding read models from the first event, while the old ones serve.

  users = RebuildableProjector(log, "users", type="user", name="users")
  users.rebuild(prefix="v2#")     # builds new read models beside the old ones, then switches
  users.get("42")                 # reads the old ones before the switch, and the new ones after it

The read-model table has an item that says which read models serve, and which are being built:

  pk        S   projection#<name>
  sk        S   state
  active    M   {table, prefix}
  building  M   {table, prefix}        while a rebuild runs
  missed    N   while a rebuild runs: how often an event was not applied to what is being built

Every `project` and `get` reads this item first, consistently. While a rebuild runs, `project`
brings the new read models up to date before the old ones. So an event that is appended during the
rebuild is in the new ones: the rebuild finds it in the log, or its own handler starts after the
rebuild and writes to both. If that cannot write to the new ones, it says so before it brings the old
ones up to date; the rebuild then goes through the streams once more before it switches. So no reader
sees a read model go back.

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


PASSES = 10  # through all streams, while handlers cannot write to what is being built


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

    def project(self, id: str, hint: int = 0) -> int:
        for _ in range(self._attempts):
            active, building = self._state()
            failure: Optional[Exception] = None
            if building is not None:
                try:
                    self.project_into(building, id, hint)
                except Exception as error:
                    failure = error  # a rebuild that fails must not hold up the read model that serves
                    if not self._say_missed(building):
                        continue  # it serves by now, or was cancelled
            version = self.project_into(active, id, hint)
            if failure is not None:
                raise failure
            return version
        raise RebuildInProgress(f"Rebuilds of the projection {self._name} kept beginning and ending.")

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
            for _ in range(PASSES):
                missed = self._missed()
                count = self._build(pool, place, threads)
                if self._switch(place, missed):
                    return count
        raise RebuildInProgress(f"Handlers could not write to the new read models in each of {PASSES} passes.")

    def cancel_rebuild(self) -> None:
        """Forgets a rebuild. What it has written stays where it is."""
        self._client.update_item(
            TableName=self.place.table, Key=self._state_key, UpdateExpression="REMOVE building, missed"
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

    def _state_item(self) -> Item:
        answer = self._client.get_item(TableName=self.place.table, Key=self._state_key, ConsistentRead=True)
        item: Item = answer.get("Item", {})
        return item

    def _state(self) -> Tuple[Place, Optional[Place]]:
        item = self._state_item()
        return _place_in(item, "active") or self.place, _place_in(item, "building")

    def _missed(self) -> int:
        return int(self._state_item().get("missed", {"N": "0"})["N"])

    def _say_missed(self, place: Place) -> bool:
        """Records that an event was not applied there. False if that place is not being built any
        more."""
        return self._update(
            UpdateExpression="ADD missed :one",
            ConditionExpression="building = :place",
            ExpressionAttributeValues={":place": _attribute(place), ":one": {"N": "1"}},
        )

    def _update(self, **request: Any) -> bool:
        """Changes the state's item. False if it is not as the condition says."""
        try:
            self._client.update_item(TableName=self.place.table, Key=self._state_key, **request)
            return True
        except SERVICE_ERRORS as error:
            if is_condition_failure(error):
                return False
            raise

    def _begin(self, place: Place) -> None:
        if place == self.active():
            raise InvalidArgument("The read models that serve are at this place: name another table or prefix.")
        if not self._update(
            UpdateExpression="SET building = :place, active = if_not_exists(active, :active)",
            ConditionExpression="attribute_not_exists(building) OR building = :place",
            ExpressionAttributeValues={":place": _attribute(place), ":active": _attribute(self.place)},
        ):
            raise RebuildInProgress(f"The projection {self._name} is being built at another place.")

    def _switch(self, place: Place, missed: int) -> bool:
        """False if there are events that were missed since."""
        values: Item = {":place": _attribute(place)}
        if missed:
            values[":missed"] = {"N": str(missed)}
        none_since = "missed = :missed" if missed else "attribute_not_exists(missed)"
        if self._update(
            UpdateExpression="SET active = :place REMOVE building, missed",
            ConditionExpression=f"active = :place OR (building = :place AND {none_since})",
            ExpressionAttributeValues=values,
        ):
            return True
        if self.building() != place:
            raise RebuildInProgress(f"The rebuild of the projection {self._name} was cancelled.")
        return False


def _attribute(place: Place) -> Dict[str, Any]:
    return {"M": {"table": {"S": place.table}, "prefix": {"S": place.prefix}}}


def _place_in(item: Item, name: str) -> Optional[Place]:
    if name not in item:
        return None
    members = item[name]["M"]
    return Place(members["table"]["S"], members["prefix"]["S"])
