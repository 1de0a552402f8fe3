"""Which shards a worker reads: the leases of its group, shared evenly.

A worker renews its leases by a counter. Another worker takes a lease over when the counter stood
still for the lease's length, by its own steady clock, so no clocks of two workers are compared for
that. A worker with fewer shards than its share asks the worker with most for one, which hands it
over between two pages. A shard is read after its parent, and no shard before the group has caught
up.

A group catches up, by a scan of the table, when it is new, when the table has another stream, and
when records may be gone: DynamoDB keeps them for 24 hours. One worker does it.
"""

from __future__ import annotations

import collections
import dataclasses
import datetime
import math
from typing import Callable, Dict, List, Optional, Sequence, Set, Tuple, Union

from .attributes import Item
from .environment import Environment, iso_time
from .errors import LeaseLost
from .group_items import GROUP, SHARD, Group, GroupItems, Lease, cursor_of
from .table_stream import Shard, TableStream

# The stream keeps its records for 24 hours, and clocks differ.
LONGEST_ABSENCE = datetime.timedelta(hours=20)
EMPTY_PAGES = 100  # of a shard, one after another: then it has no record before them


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
        self._seen: Dict[str, Tuple[Optional[str], int, float]] = {}  # by sk: owner, counter, since when
        self._empty_pages: "collections.Counter[str]" = collections.Counter()
        self._renewed = self._shared = -math.inf
        self._last_look: Optional[Group] = None
        self.own: Dict[str, Lease] = {}
        self.catch_up: Optional[Group] = None  # if this worker catches up
        self.is_caught_up = False

    def is_due(self) -> bool:
        """Whether it is time for a heartbeat."""
        return self._environment.monotonic() - self._renewed >= self._seconds / 3

    def is_due_to_share(self) -> bool:
        """Whether it is time to look what other workers do."""
        return self._environment.monotonic() - self._shared >= self._seconds / 3

    def has(self, sk: str) -> bool:
        """Whether a shard, or the catch-up, is this worker's."""
        return self.catch_up is not None if sk == GROUP else sk in self.own

    def renew(self) -> None:
        """A heartbeat of all that this worker has; what another worker has taken is forgotten."""
        self._renewed = self._environment.monotonic()
        if self.catch_up is not None:
            self._keep(GROUP, {})
        for sk, lease in list(self.own.items()):
            at_beginning = lease.sequence_number is None and lease.empty_at
            self._keep(sk, {"emptyAt": {"S": iso_time(at_beginning)}} if at_beginning else {})

    def give_back(self) -> None:
        """Leaves what this worker has to the other workers at once."""
        if self.catch_up is not None:
            self._keep(GROUP, {}, ("owner",))
            self._drop(GROUP)
        for sk in list(self.own):
            self._keep(sk, {}, ("owner", "wantedBy"))
            self._drop(sk)

    def share(self) -> None:
        """Looks at the group, and takes what this worker should read."""
        self._shared = self._environment.monotonic()
        arn = self._stream.look()
        # Before the group: if it says that it follows the stream, no lease is older than its catch-up.
        leases = self._group.leases()
        group = self._last_look = self._group.group()
        self._observe(group, leases)
        if group is None or group.stream_arn != arn or self._was_away(group):
            self.start_over()
        elif not group.is_following:
            self._join_catch_up(group)
        else:
            self.is_caught_up = True
            self.catch_up = None
            self._group.say_alive(self._environment.now())
            self._share_shards(leases, group.alive_at or self._environment.now())

    # --- catching up ---

    def start_over(self) -> None:
        """Has the group read the table again, unless it has changed since this worker looked."""
        self._only_catch_up()
        self._shared = -math.inf
        self.catch_up = None
        arn = self._stream.look()
        if self._group.begin_catch_up(self._last_look, self._worker, arn):
            self.catch_up = Group(arn, False, self._worker, 0, None)

    def save_positions(self, beat: Callable[[], object]) -> None:
        """Begins a catch-up: the leases of all shards say where these end now, so that an event is
        in the scan that follows, or behind one of these positions, or both. Raises LeaseLost if
        another worker catches up by now: it looks at all shards itself."""
        try:
            self._save_positions(beat)
        except LeaseLost:
            self._drop(GROUP)
            raise

    def _save_positions(self, beat: Callable[[], object]) -> None:
        now = self._environment.now()
        shards = self._stream.shards()
        before = self._group.leases()
        for sk in before.keys() - {SHARD + shard.id for shard in shards}:
            self._group.discard(self._worker, sk)
        for shard in shards:
            sequence_number, is_finished = self._stream.end_of(shard, beat)
            lease = Lease(SHARD + shard.id, None, 0, sequence_number, is_finished, None, now)
            self._group.replace(self._worker, lease, before.get(lease.sk))
        self._group.say_positioned(self._worker, now)
        if self.catch_up is not None:
            self.catch_up = dataclasses.replace(self.catch_up, is_positioned=True)

    def scanned(self, position: Item) -> None:
        """Says where the scan of the catch-up goes on."""
        if self.catch_up is not None:
            self.catch_up = dataclasses.replace(self.catch_up, position=position)
            self._keep(GROUP, {"cursor": cursor_of(position)})

    def end_catch_up(self) -> None:
        """Lets the group follow the stream."""
        try:
            self._group.end_catch_up(self._worker, self._environment.now())
        except LeaseLost:
            pass
        self._drop(GROUP)
        self._shared = -math.inf

    def _join_catch_up(self, group: Group) -> None:
        self._only_catch_up()
        if group.owner != self._worker:
            self.catch_up = None
        if self.catch_up is not None:
            return
        if group.owner in (None, self._worker) or self._is_over(GROUP):
            if self._group.take_catch_up(group, self._worker):
                self.catch_up = group

    def _only_catch_up(self) -> None:
        """Forgets the shards: whoever catches up replaces their leases."""
        self.is_caught_up = False
        for sk in list(self.own):
            self._drop(sk)

    def _was_away(self, group: Group) -> bool:
        return group.alive_at is not None and self._environment.now() - group.alive_at > LONGEST_ABSENCE

    # --- reading ---

    def reached(self, sk: str, sequence_number: str) -> None:
        """Says that a record was handled, and all before it."""
        self._keep(sk, {"sequenceNumber": {"S": sequence_number}})
        if sk in self.own:
            self.own[sk] = dataclasses.replace(self.own[sk], sequence_number=sequence_number)

    def was_empty(self, sk: str, before: datetime.datetime) -> None:
        """Says that a read, which began at that time, found no record."""
        if not self._stream.is_reading(sk[len(SHARD) :]):
            self._empty_pages.pop(sk, None)  # the next one begins at the shard's beginning
            return
        self._empty_pages[sk] += 1
        if self._empty_pages[sk] >= EMPTY_PAGES:
            self.own[sk] = dataclasses.replace(self.own[sk], empty_at=before)

    def finished(self, sk: str) -> None:
        """Says that a shard is read to its end."""
        self._keep(sk, {"finished": {"BOOL": True}})

    def may_have_missed(self, lease: Lease) -> bool:
        """Whether records from the shard's beginning may be gone. Behind a sequence number, the
        stream says so itself."""
        if lease.sequence_number is not None or lease.empty_at is None:
            return False
        return self._environment.now() - lease.empty_at > LONGEST_ABSENCE

    # --- sharing ---

    def _share_shards(self, leases: Dict[str, Lease], alive_at: datetime.datetime) -> None:
        """`alive_at`: when the group last looked; a shard without a lease is younger."""
        shards = self._stream.shards()
        self._keep_own(leases)
        self._tidy(leases, {SHARD + shard.id for shard in shards})
        if not self.is_caught_up:
            return
        readable = [shard for shard in shards if self._is_readable(shard, shards, leases)]
        there = [leases[SHARD + shard.id] for shard in readable if SHARD + shard.id in leases]
        for lease in there:
            if lease.owner == self._worker and lease.sk not in self.own:
                self._take(lease)  # another worker has handed it over
        held = [lease for lease in leases.values() if not lease.is_finished and not self._is_free(lease)]
        share = len(readable) / len({lease.owner for lease in held} | {self._worker})
        for shard in readable:
            free = leases.get(SHARD + shard.id)
            if len(self.own) >= math.ceil(share):
                break
            if free is None:
                self._create(Lease(SHARD + shard.id, self._worker, empty_at=alive_at))
            elif free.owner != self._worker and self._is_free(free):
                self._take(free)
        self._ask_the_richest(there, math.floor(share))

    def _ask_the_richest(self, leases: List[Lease], share: int) -> None:
        coming = len(self.own) + sum(lease.wanted_by == self._worker for lease in leases if lease.sk not in self.own)
        staying = [lease for lease in leases if lease.wanted_by is None and lease.sk not in self.own]
        counts = collections.Counter(lease.owner for lease in staying if lease.owner is not None)
        if coming < share and counts:
            richest, count = counts.most_common(1)[0]
            if count > coming + 1:
                self._group.ask_for(next(lease for lease in staying if lease.owner == richest), self._worker)

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
            if sk in there:
                continue
            if not lease.is_finished:
                self.start_over()
                return
            self._group.remove(sk)

    # --- leases ---

    def _observe(self, group: Optional[Group], leases: Dict[str, Lease]) -> None:
        now = self._environment.monotonic()
        there: Dict[str, Union[Group, Lease]] = {**leases, **({GROUP: group} if group else {})}
        seen = {}
        for sk, one in there.items():
            before = self._seen.get(sk)
            if before is None or before[:2] != (one.owner, one.counter):
                before = (one.owner, one.counter, now)
            seen[sk] = before
        self._seen = seen

    def _is_over(self, sk: str) -> bool:
        """Whether the owner has not been heard of for the lease's length."""
        return self._environment.monotonic() - self._seen[sk][2] >= self._seconds

    def _is_free(self, lease: Lease) -> bool:
        return lease.owner is None or self._is_over(lease.sk)

    def _keep_own(self, leases: Dict[str, Lease]) -> None:
        """Forgets the shards that are this worker's no more, and hands over those that others ask
        for."""
        for sk in list(self.own):
            lease = leases.get(sk)
            if lease is None or lease.owner != self._worker or lease.is_finished:
                self._drop(sk)
            elif lease.wanted_by not in (None, self._worker):
                self._hand_over(lease)

    def _hand_over(self, lease: Lease) -> None:
        try:
            self._group.hand_over(lease, self._worker)
        except LeaseLost:
            pass
        self._drop(lease.sk)

    def _create(self, lease: Lease) -> None:
        if self._group.create(lease):
            self.own[lease.sk] = lease

    def _take(self, lease: Lease) -> None:
        if self._group.take(lease, self._worker):
            self._stream.forget(lease.shard_id)
            self.own[lease.sk] = lease

    def _keep(self, sk: str, changes: Item, removed: Sequence[str] = ()) -> None:
        try:
            self._group.keep(self._worker, sk, changes, removed)
        except LeaseLost:
            self._drop(sk)

    def _drop(self, sk: str) -> None:
        if sk == GROUP:
            self.catch_up = None
            return
        self.own.pop(sk, None)
        self._empty_pages.pop(sk, None)
        self._stream.forget(sk[len(SHARD) :])
