"""Who reads what: the group's own item, and the leases of its shards with their checkpoints.

  pk             S     subscription#<group>

  sk             S     group
  streamArn      S     the table's stream that the group follows
  state          S     catchingUp (it reads the table), or following
  owner          S     the worker that catches up; absent: given back
  counter        N     grows with every heartbeat of the owner
  aliveAt        S     ISO 8601: a worker followed the stream then, or saved the positions
  scans          BOOL  while it catches up: false if it only looks where the shards end
  positioned     BOOL  while it catches up: the leases say where the shards ended before the scan
  cursor         S     while it catches up: the key after which the scan goes on, as JSON

  sk             S     shard#<shardId>
  owner          S     the worker that reads it; absent: given back
  counter        N     grows with every heartbeat; a lease whose counter stands still is taken over
  sequenceNumber S     of the last record that was handled; absent: the shard's beginning
  emptyAt        S     ISO 8601, without a sequenceNumber: all records before this time are handled
  finished       BOOL  read to its end
  wantedBy       S     the worker that asks the owner to hand the shard over

The library for Node.js writes the same items.
"""

from __future__ import annotations

import dataclasses
import datetime
import json
from typing import Any, Dict, Mapping, Optional, Sequence

from .attributes import Attribute, Item
from .environment import iso_time, time_in
from .errors import LeaseLost
from .group_table import GroupTable

GROUP = "group"
SHARD = "shard#"
FAR_AHEAD = 1_000_000  # of any counter that an owner may have by now
OWNER_AND_COUNTER = {"#owner": "owner", "#counter": "counter"}


@dataclasses.dataclass(frozen=True)
class Lease:
    """Of a shard."""

    sk: str
    owner: Optional[str] = None
    counter: int = 0
    sequence_number: Optional[str] = None
    is_finished: bool = False
    wanted_by: Optional[str] = None
    empty_at: Optional[datetime.datetime] = None

    @property
    def shard_id(self) -> str:
        return self.sk[len(SHARD) :]


@dataclasses.dataclass(frozen=True)
class Group:
    stream_arn: Optional[str]
    is_following: bool
    owner: Optional[str]
    counter: int
    alive_at: Optional[datetime.datetime]
    scans: bool = True
    is_positioned: bool = False
    position: Optional[Item] = None


class GroupItems:
    """Thread safety: any thread may call any method."""

    def __init__(self, table: GroupTable) -> None:
        self._table = table

    # --- the group ---

    def group(self) -> Optional[Group]:
        item = self._table.item(GROUP)
        return _group_in(item) if item else None

    def begin_catch_up(self, read: Optional[Group], worker: str, stream_arn: str) -> bool:
        """Has a worker read the whole table, unless the group has changed since it was read. False
        if it has."""
        counter = read.counter if read else 0
        condition = "#counter = :read" if read else "attribute_not_exists(pk)"
        values = {
            ":state": {"S": "catchingUp"},
            ":worker": {"S": worker},
            ":arn": {"S": stream_arn},
            ":yes": {"BOOL": True},
            ":next": {"N": str(counter + 1)},
            **({":read": {"N": str(counter)}} if read else {}),
        }
        return self._table.update(
            GROUP,
            UpdateExpression="SET #state = :state, #owner = :worker, streamArn = :arn, scans = :yes, "
            "#counter = :next REMOVE #cursor, positioned, aliveAt",
            ConditionExpression=condition,
            ExpressionAttributeNames={**OWNER_AND_COUNTER, "#state": "state", "#cursor": "cursor"},
            ExpressionAttributeValues=values,
        )

    def take_catch_up(self, read: Group, worker: str) -> bool:
        """Takes the catch-up over if the group still is as it was read. False if it is not."""
        return self._take(GROUP, read.counter, worker)

    def say_positioned(self, worker: str, since: datetime.datetime) -> None:
        """Says that the leases have the positions where the shards ended, or later ones, at a time.
        Raises LeaseLost."""
        self.keep(worker, GROUP, {"positioned": {"BOOL": True}, "aliveAt": {"S": iso_time(since)}})

    def end_catch_up(self, worker: str, now: datetime.datetime) -> None:
        """Raises LeaseLost."""
        changes = {"state": {"S": "following"}, "aliveAt": {"S": iso_time(now)}}
        self.keep(worker, GROUP, changes, ("owner", "cursor", "positioned"))

    def say_alive(self, now: datetime.datetime) -> None:
        """Says that a worker follows the stream."""
        self._table.update(
            GROUP,
            UpdateExpression="SET aliveAt = :now",
            ConditionExpression="#state = :following",
            ExpressionAttributeNames={"#state": "state"},
            ExpressionAttributeValues={":now": {"S": iso_time(now)}, ":following": {"S": "following"}},
        )

    # --- leases ---

    def leases(self) -> Dict[str, Lease]:
        """All leases of the group, by sort key."""
        return {item["sk"]["S"]: _lease_in(item) for item in self._table.query(SHARD)}

    def create(self, lease: Lease) -> bool:
        """False if there is a lease already."""
        return self._table.put(self._item_of(lease, 1), ConditionExpression="attribute_not_exists(pk)")

    def replace(self, worker: str, lease: Lease, read: Optional[Lease]) -> None:
        """Writes a lease in place of what was read there; whoever has it loses it. Raises LeaseLost
        if the worker no longer is the one that catches up."""
        item = self._item_of(lease, (read.counter if read else 0) + FAR_AHEAD)
        self._catching_up(worker, {"Put": {"TableName": self._table.name, "Item": item}})

    def discard(self, worker: str, sk: str) -> None:
        """Removes a lease during a catch-up. Raises LeaseLost as `replace`."""
        self._catching_up(worker, {"Delete": {"TableName": self._table.name, "Key": self._table.key(sk)}})

    def remove(self, sk: str) -> None:
        self._table.remove(sk)

    def take(self, lease: Lease, worker: str) -> bool:
        """Takes a lease over if it still is as it was seen. False if it is not."""
        return self._take(lease.sk, lease.counter, worker, " REMOVE wantedBy")

    def ask_for(self, lease: Lease, worker: str) -> None:
        """Asks the owner of a lease to hand it over, unless another worker has asked."""
        self._table.update(
            lease.sk,
            UpdateExpression="SET wantedBy = :worker",
            ConditionExpression="#owner = :owner AND attribute_not_exists(wantedBy)",
            ExpressionAttributeNames={"#owner": "owner"},
            ExpressionAttributeValues={":worker": {"S": worker}, ":owner": {"S": lease.owner}},
        )

    def hand_over(self, lease: Lease, worker: str) -> None:
        """Gives a worker's own lease to the one that wants it. Raises LeaseLost."""
        self.keep(worker, lease.sk, {"owner": {"S": lease.wanted_by}}, ("wantedBy",))

    def keep(self, worker: str, sk: str, changes: Mapping[str, Any], removed: Sequence[str] = ()) -> None:
        """Writes to what a worker owns: a heartbeat, and a checkpoint. Raises LeaseLost if it is
        another's by now."""
        names = dict(OWNER_AND_COUNTER)
        values: Item = {":worker": {"S": worker}, ":one": {"N": "1"}}
        sets = ["#counter = #counter + :one"]
        for index, (name, value) in enumerate(changes.items()):
            names[f"#a{index}"], values[f":a{index}"] = name, value
            sets.append(f"#a{index} = :a{index}")
        names.update({f"#r{index}": name for index, name in enumerate(removed)})
        removes = ", ".join(f"#r{index}" for index in range(len(removed)))
        if not self._table.update(
            sk,
            UpdateExpression=f"SET {', '.join(sets)}" + (f" REMOVE {removes}" if removes else ""),
            ConditionExpression="#owner = :worker",
            ExpressionAttributeNames=names,
            ExpressionAttributeValues=values,
        ):
            raise LeaseLost(f"Another worker has taken {sk} over.")

    # --- items ---

    def _take(self, sk: str, read: int, worker: str, more: str = "") -> bool:
        return self._table.update(
            sk,
            UpdateExpression=f"SET #owner = :worker, #counter = :next{more}",
            ConditionExpression="#counter = :read",
            ExpressionAttributeNames=OWNER_AND_COUNTER,
            ExpressionAttributeValues={
                ":worker": {"S": worker}, ":read": {"N": str(read)}, ":next": {"N": str(read + 1)},
            },
        )

    def _catching_up(self, worker: str, action: Dict[str, Any]) -> None:
        check = {
            "TableName": self._table.name,
            "Key": self._table.key(GROUP),
            "ConditionExpression": "#owner = :worker AND #state = :catchingUp",
            "ExpressionAttributeNames": {"#owner": "owner", "#state": "state"},
            "ExpressionAttributeValues": {":worker": {"S": worker}, ":catchingUp": {"S": "catchingUp"}},
        }
        actions = [{"ConditionCheck": check}, action]
        if not self._table.write(self._table.client.transact_write_items, TransactItems=actions):
            raise LeaseLost("Another worker catches up.")

    def _item_of(self, lease: Lease, counter: int) -> Item:
        item: Item = {**self._table.key(lease.sk), "counter": {"N": str(counter)}}
        if lease.owner is not None:
            item["owner"] = {"S": lease.owner}
        if lease.sequence_number is not None:
            item["sequenceNumber"] = {"S": lease.sequence_number}
        elif lease.empty_at is not None:
            item["emptyAt"] = {"S": iso_time(lease.empty_at)}
        if lease.is_finished:
            item["finished"] = {"BOOL": True}
        return item


def cursor_of(position: Item) -> Attribute:
    """The attribute that says where a scan goes on."""
    return {"S": json.dumps(position)}


def _group_in(item: Item) -> Group:
    cursor = _text(item, "cursor")
    return Group(
        stream_arn=_text(item, "streamArn"),
        is_following=_text(item, "state") == "following",
        owner=_text(item, "owner"),
        counter=int(item["counter"]["N"]),
        alive_at=_time(item, "aliveAt"),
        scans=item.get("scans", {}).get("BOOL", True),
        is_positioned=item.get("positioned", {}).get("BOOL", False),
        position=json.loads(cursor) if cursor else None,
    )


def _lease_in(item: Item) -> Lease:
    return Lease(
        sk=item["sk"]["S"],
        owner=_text(item, "owner"),
        counter=int(item["counter"]["N"]),
        sequence_number=_text(item, "sequenceNumber"),
        is_finished=item.get("finished", {}).get("BOOL", False),
        wanted_by=_text(item, "wantedBy"),
        empty_at=_time(item, "emptyAt"),
    )


def _text(item: Item, name: str) -> Optional[str]:
    text: Optional[str] = item.get(name, {}).get("S")
    return text


def _time(item: Item, name: str) -> Optional[datetime.datetime]:
    text = _text(item, name)
    return None if text is None else time_in(text)
