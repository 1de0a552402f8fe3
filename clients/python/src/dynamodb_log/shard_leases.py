"""Which shards a worker reads: the leases of its group, shared evenly.

A worker renews its leases by a counter. Another worker takes a lease over when the counter stood
still for the lease's length, by its own steady clock, so no clocks are compared. A worker with
fewer shards than its share takes one from the worker with most. A shard is read after its parent,
and no shard before the catch-up is finished.
"""

from __future__ import annotations

import collections
import dataclasses
import math
from typing import Callable, Dict, List, Optional, Set, Tuple

from .attributes import Item
from .environment import Environment
from .errors import LeaseLost
from .group_items import CATCH_UP, SHARD, GroupItems, Lease
from .table_stream import Shard, TableStream


class ShardLeases:
    """Thread safety: one thread."""

    def __init__(
        self, group: GroupItems, stream: TableStream, environment: Environment, worker: str, seconds: float
    ) -> None:
        self._group = group
        self._stream = stream
        self._environment = environment
        self._worker = worker
        self._seconds = seconds
        self._seen: Dict[str, Tuple[Optional[str], int, float]] = {}  # by lease: owner, counter, since when
        self._renewed = self._shared = -math.inf
        self.own: Dict[str, Lease] = {}
        self.is_caught_up = False

    def is_due(self) -> bool:
        """Whether it is time for a heartbeat."""
        return self._environment.monotonic() - self._renewed >= self._seconds / 3

    def is_due_to_share(self) -> bool:
        """Whether it is time to look what other workers do."""
        return self._environment.monotonic() - self._shared >= self._seconds / 3

    def renew(self) -> None:
        """A heartbeat of each own lease; one that another worker has taken is forgotten."""
        self._renewed = self._environment.monotonic()
        for sk in list(self.own):
            self.checkpoint(sk, {}, must_hold=False)

    def checkpoint(self, sk: str, changes: Item, removed: str = "", must_hold: bool = True) -> None:
        """Writes to an own lease. Raises LeaseLost, unless `must_hold` is False."""
        try:
            self._group.keep(self._worker, sk, changes, removed)
        except LeaseLost:
            self._drop(sk)
            if must_hold:
                raise

    def give_back(self) -> None:
        """Leaves the own leases to the other workers at once."""
        for sk in list(self.own):
            self.checkpoint(sk, {}, removed="owner", must_hold=False)
            self._drop(sk)

    def share(self) -> None:
        """Looks at the group's leases, and takes what this worker should read."""
        self._shared = self._environment.monotonic()
        leases = self._group.leases()
        self._observe(leases)
        catch_up = leases.get(CATCH_UP)
        self.is_caught_up = catch_up is not None and catch_up.is_finished
        self._keep_own(leases)
        if catch_up is None:
            self._create(Lease(CATCH_UP, self._worker))
        elif not catch_up.is_finished:
            if self._is_free(catch_up):
                self._take(catch_up)
        else:
            self._share_shards(leases)

    def start_over(self) -> None:
        """Has the group read the table again, because records of the stream are gone."""
        self._group.reopen_catch_up()
        self.is_caught_up = False
        self._shared = -math.inf

    def save_positions(self, beat: Callable[[], object]) -> None:
        """Begins a catch-up: the leases of all shards say where these end now, so that an event is
        in the scan that follows, or behind one of these positions, or both. Nobody has these leases
        yet."""
        shards = self._stream.shards()
        for sk in self._group.leases().keys() - {CATCH_UP} - {SHARD + shard.id for shard in shards}:
            self._group.remove(sk)
        for shard in shards:
            sequence_number, is_finished = self._stream.end_of(shard, beat)
            self._group.replace(Lease(SHARD + shard.id, None, 0, sequence_number, is_finished))
        self.checkpoint(CATCH_UP, {"positioned": {"BOOL": True}})
        self.own[CATCH_UP] = dataclasses.replace(self.own[CATCH_UP], is_positioned=True)

    # --- sharing ---

    def _share_shards(self, leases: Dict[str, Lease]) -> None:
        shards = self._stream.shards()
        self._tidy(leases, {SHARD + shard.id for shard in shards})
        if not self.is_caught_up:
            return
        readable = [shard for shard in shards if self._is_readable(shard, shards, leases)]
        held = [lease for lease in leases.values() if not lease.is_finished and not self._is_free(lease)]
        workers = {lease.owner for lease in held}
        share = len(readable) / len(workers | {self._worker})
        for shard in readable:
            lease = leases.get(SHARD + shard.id)
            if len(self.own) >= math.ceil(share):
                return
            if lease is None:
                self._create(Lease(SHARD + shard.id, self._worker))
            elif lease.owner != self._worker and self._is_free(lease):
                self._take(lease)
        if len(self.own) < math.floor(share):
            self._take_from_the_richest([leases[SHARD + s.id] for s in readable if SHARD + s.id in leases])

    def _take_from_the_richest(self, leases: List[Lease]) -> None:
        counts = collections.Counter(lease.owner for lease in leases if lease.owner != self._worker)
        if counts:
            richest, count = counts.most_common(1)[0]
            if count > len(self.own) + 1:
                self._take(next(lease for lease in leases if lease.owner == richest))

    def _is_readable(self, shard: Shard, shards: List[Shard], leases: Dict[str, Lease]) -> bool:
        lease = leases.get(SHARD + shard.id)
        if lease is not None and lease.is_finished:
            return False
        if shard.parent is None or all(one.id != shard.parent for one in shards):
            return True
        parent = leases.get(SHARD + shard.parent)
        return parent is not None and parent.is_finished

    def _tidy(self, leases: Dict[str, Lease], there: Set[str]) -> None:
        """Removes the leases of shards that are gone. If one was not read to its end, events may be
        missing."""
        for sk, lease in leases.items():
            if sk == CATCH_UP or sk in there:
                continue
            if not lease.is_finished:
                self.start_over()
                return
            self._group.remove(sk)

    # --- leases ---

    def _observe(self, leases: Dict[str, Lease]) -> None:
        now = self._environment.monotonic()
        seen = {}
        for sk, lease in leases.items():
            before = self._seen.get(sk)
            if before is None or before[:2] != (lease.owner, lease.counter):
                before = (lease.owner, lease.counter, now)
            seen[sk] = before
        self._seen = seen

    def _is_free(self, lease: Lease) -> bool:
        if lease.owner is None:
            return True
        return self._environment.monotonic() - self._seen[lease.sk][2] >= self._seconds

    def _keep_own(self, leases: Dict[str, Lease]) -> None:
        for sk in list(self.own):
            lease = leases.get(sk)
            if lease is None or lease.owner != self._worker or lease.is_finished:
                self._drop(sk)

    def _create(self, lease: Lease) -> None:
        if self._group.create(lease):
            self.own[lease.sk] = lease

    def _take(self, lease: Lease) -> None:
        if self._group.take(lease, self._worker):
            self._stream.forget(lease.shard_id)
            self.own[lease.sk] = lease

    def _drop(self, sk: str) -> None:
        self.own.pop(sk, None)
        self._stream.forget(sk[len(SHARD) :])
