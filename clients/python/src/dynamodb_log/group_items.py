"""What a subscription's group keeps in a table: leases with checkpoints, and parked events.

  pk             S     subscription#<group>
  sk             S     shard#<shardId>, or shard#catch-up: the scan before the stream is followed
  owner          S     the worker that reads it; absent: given back
  counter        N     grows with every heartbeat; a lease whose counter stands still is taken over
  sequenceNumber S     of the last record that was handled; absent: the shard's beginning
  finished       BOOL  read to its end
  positioned     BOOL  catch-up only: the shards' leases say where these ended before the scan
  position       M     catch-up only: the key after which the scan goes on

  pk             S     subscription#<group>
  sk             S     parked#<pk of the stream>#<version, 16 digits>
  log, id, type  S, version N, error S, attempts N, parkedAt S
"""

from __future__ import annotations

import dataclasses
from typing import Any, Dict, Iterator, List, Mapping, Optional, Set

from .attributes import Item
from .clients import DynamoDbClient
from .environment import Environment, iso_time
from .errors import LeaseLost
from .event import Event
from .names import stream_key
from .service_errors import SERVICE_ERRORS, is_condition_failure

SHARD = "shard#"
PARKED = "parked#"
CATCH_UP = SHARD + "catch-up"
ERROR_CHARACTERS = 2000


@dataclasses.dataclass(frozen=True)
class Lease:
    sk: str
    owner: Optional[str] = None
    counter: int = 0
    sequence_number: Optional[str] = None
    is_finished: bool = False
    is_positioned: bool = False
    position: Optional[Item] = None

    @property
    def shard_id(self) -> str:
        return self.sk[len(SHARD) :]


@dataclasses.dataclass(frozen=True)
class ParkedEvent:
    """An event that the handler did not handle, or that follows such a one in its stream
    (`attempts` is 0)."""

    log: str
    id: str
    version: int
    type: str
    error: str
    attempts: int
    parked_at: str  # ISO 8601

    @property
    def stream(self) -> str:
        return stream_key(self.log, self.id)


class GroupItems:
    """Thread safety: any thread may call any method."""

    def __init__(self, client: DynamoDbClient, table: str, group: str, environment: Environment) -> None:
        self._client = client
        self._table = table
        self._pk = f"subscription#{group}"
        self._environment = environment

    # --- leases ---

    def leases(self) -> Dict[str, Lease]:
        """All leases of the group, by sort key."""
        return {item["sk"]["S"]: _lease_in(item) for item in self._query(SHARD)}

    def create(self, lease: Lease) -> bool:
        """False if there is a lease already."""
        request = {"Item": self._item_of(lease), "ConditionExpression": "attribute_not_exists(pk)"}
        return self._write(self._client.put_item, **request)

    def replace(self, lease: Lease) -> None:
        """Writes a lease in place of what is there; whoever has it loses it."""
        self._client.put_item(TableName=self._table, Item=self._item_of(lease))

    def _item_of(self, lease: Lease) -> Item:
        item: Item = {**self._key(lease.sk), "counter": {"N": "1"}, "finished": {"BOOL": lease.is_finished}}
        if lease.owner is not None:
            item["owner"] = {"S": lease.owner}
        if lease.sequence_number is not None:
            item["sequenceNumber"] = {"S": lease.sequence_number}
        return item

    def take(self, lease: Lease, worker: str) -> bool:
        """Takes a lease over if it still is as it was seen. False if it is not."""
        values: Item = {":worker": {"S": worker}, ":one": {"N": "1"}, ":counter": {"N": str(lease.counter)}}
        condition = "attribute_not_exists(#owner)"
        if lease.owner is not None:
            values[":owner"] = {"S": lease.owner}
            condition = "#owner = :owner"
        return self._write(
            self._client.update_item,
            Key=self._key(lease.sk),
            UpdateExpression="SET #owner = :worker, #counter = #counter + :one",
            ConditionExpression=f"{condition} AND #counter = :counter",
            ExpressionAttributeNames={"#owner": "owner", "#counter": "counter"},
            ExpressionAttributeValues=values,
        )

    def keep(self, worker: str, sk: str, changes: Mapping[str, Any], removed: str = "") -> None:
        """Writes to a worker's own lease: a heartbeat, and a checkpoint. Raises LeaseLost if it is
        another's by now."""
        names = {"#owner": "owner", "#counter": "counter"}
        values: Item = {":worker": {"S": worker}, ":one": {"N": "1"}}
        sets = ["#counter = #counter + :one"]
        for index, (name, value) in enumerate(changes.items()):
            names[f"#a{index}"], values[f":a{index}"] = name, value
            sets.append(f"#a{index} = :a{index}")
        if removed:
            names["#removed"] = removed
        if not self._write(
            self._client.update_item,
            Key=self._key(sk),
            UpdateExpression=f"SET {', '.join(sets)}" + (" REMOVE #removed" if removed else ""),
            ConditionExpression="#owner = :worker",
            ExpressionAttributeNames=names,
            ExpressionAttributeValues=values,
        ):
            raise LeaseLost(f"Another worker has taken {sk} over.")

    def reopen_catch_up(self) -> None:
        """Lets the group read the table once more, from the beginning."""
        self._client.update_item(
            TableName=self._table,
            Key=self._key(CATCH_UP),
            UpdateExpression="SET finished = :no, #counter = #counter + :one REMOVE #owner, #position, positioned",
            ExpressionAttributeNames={"#owner": "owner", "#counter": "counter", "#position": "position"},
            ExpressionAttributeValues={":no": {"BOOL": False}, ":one": {"N": "1"}},
        )

    def remove(self, sk: str) -> None:
        self._client.delete_item(TableName=self._table, Key=self._key(sk))

    # --- parked events ---

    def park(self, event: Event, error: str, attempts: int) -> None:
        """Parks an event, or updates what is known of a parked one."""
        item: Item = {
            **self._key(parked_key(event.log, event.id, event.version)),
            "log": {"S": event.log},
            "id": {"S": event.id},
            "version": {"N": str(event.version)},
            "type": {"S": event.type},
            "error": {"S": error[:ERROR_CHARACTERS]},
            "attempts": {"N": str(attempts)},
            "parkedAt": {"S": iso_time(self._environment.now())},
        }
        self._client.put_item(TableName=self._table, Item=item)

    def parked(self) -> Iterator[ParkedEvent]:
        """The parked events, each stream in order."""
        return map(_parked_in, self._query(PARKED))

    def parked_streams(self) -> Set[str]:
        """The partition keys of the streams that have a parked event."""
        keys = self._query(PARKED, ProjectionExpression="sk")
        return {item["sk"]["S"][len(PARKED) :].rpartition("#")[0] for item in keys}

    # --- the table ---

    def _key(self, sk: str) -> Item:
        return {"pk": {"S": self._pk}, "sk": {"S": sk}}

    def _query(self, begin: str, **more: Any) -> Iterator[Item]:
        request: Dict[str, Any] = {
            "TableName": self._table,
            "ConsistentRead": True,
            "KeyConditionExpression": "pk = :pk AND begins_with(sk, :begin)",
            "ExpressionAttributeValues": {":pk": {"S": self._pk}, ":begin": {"S": begin}},
            **more,
        }
        while True:
            page = self._client.query(**request)
            items: List[Item] = page["Items"]
            yield from items
            if "LastEvaluatedKey" not in page:
                return
            request["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def _write(self, operation: Any, **request: Any) -> bool:
        """False if the condition failed."""
        try:
            operation(TableName=self._table, **request)
            return True
        except SERVICE_ERRORS as error:
            if is_condition_failure(error):
                return False
            raise


def parked_key(log: str, id: str, version: int) -> str:
    return f"{PARKED}{stream_key(log, id)}#{version:016}"


def _lease_in(item: Item) -> Lease:
    return Lease(
        sk=item["sk"]["S"],
        owner=item.get("owner", {}).get("S"),
        counter=int(item["counter"]["N"]),
        sequence_number=item.get("sequenceNumber", {}).get("S"),
        is_finished=item.get("finished", {}).get("BOOL", False),
        is_positioned=item.get("positioned", {}).get("BOOL", False),
        position=item.get("position", {}).get("M"),
    )


def _parked_in(item: Item) -> ParkedEvent:
    return ParkedEvent(
        log=item["log"]["S"],
        id=item["id"]["S"],
        version=int(item["version"]["N"]),
        type=item["type"]["S"],
        error=item["error"]["S"],
        attempts=int(item["attempts"]["N"]),
        parked_at=item["parkedAt"]["S"],
    )
