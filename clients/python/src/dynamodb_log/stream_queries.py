"""Queries of the log table: what is in one stream. All read consistently unless the caller says
otherwise."""

from __future__ import annotations

import itertools
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Tuple

from .attributes import Item
from .clients import DynamoDbClient
from .environment import Environment
from .errors import InvalidEvent
from .event_items import has_version, version_in
from .known_streams import KnownStreams
from .limits import LAST_VERSION
from .names import DELETED
from .retries import answer_of


class Mark(NamedTuple):
    """What of an event says which one it is."""

    version: int
    type: str
    event_id: Optional[str]


class StreamQueries:
    """Thread safety: any thread may call any method."""

    def __init__(self, client: DynamoDbClient, table: str, known: KnownStreams, environment: Environment) -> None:
        self._client = client
        self._environment = environment
        self._table = table
        self._known = known

    def items(
        self,
        pk: str,
        first: int = 1,
        last: int = LAST_VERSION,
        limit: Optional[int] = None,
        backwards: bool = False,
        consistent: bool = True,
    ) -> Iterator[Item]:
        """The items of the versions `first` to `last`, page by page."""
        if first > last:
            return
        request = self._request(pk, first, last, backwards, consistent)
        for items, _ in self._pages(request, limit):
            yield from items

    def page(
        self, pk: str, first: int, last: int, limit: int, backwards: bool, consistent: bool
    ) -> Tuple[List[Item], bool]:
        """At most `limit` items, and whether there may be more."""
        if first > last:
            return [], False
        items: List[Item] = []
        may_be_more = False
        for page, may_be_more in self._pages(self._request(pk, first, last, backwards, consistent), limit):
            items += page
        return items, may_be_more

    def end(self, pk: str) -> Optional[Mark]:
        """The last event; None if the stream does not exist."""
        return next(self.last(pk, 1), None)

    def last(self, pk: str, count: int) -> Iterator[Mark]:
        """The last `count` events, the latest first."""
        return self._marks(self._request(pk, 1, LAST_VERSION, True, True), count)

    def marks(self, pk: str, first: int, last: int) -> Iterator[Mark]:
        return self._marks(self._request(pk, first, last, False, True), last - first + 1)

    def mark(self, pk: str, version: int) -> Optional[Mark]:
        for mark in self.marks(pk, version, version):
            return mark
        return None

    def _marks(self, request: Dict[str, Any], most: int) -> Iterator[Mark]:
        """At most this many marks. Items whose sort key is not a version are skipped."""
        return itertools.islice(self._all_marks({**request, "Limit": most}), most)

    def _all_marks(self, request: Dict[str, Any]) -> Iterator[Mark]:
        request["ProjectionExpression"] = "pk, sk, #type, eventId"
        request["ExpressionAttributeNames"] = {"#type": "type"}
        for items, _ in self._pages(request, None):
            for item in filter(has_version, items):
                yield Mark(version_in(item), item.get("type", {}).get("S", ""), item.get("eventId", {}).get("S"))

    def _request(self, pk: str, first: int, last: int, backwards: bool, consistent: bool) -> Dict[str, Any]:
        return {
            "TableName": self._table,
            "ConsistentRead": consistent,
            "ScanIndexForward": not backwards,
            "KeyConditionExpression": "pk = :pk AND sk BETWEEN :first AND :last",
            "ExpressionAttributeValues": {
                ":pk": {"S": pk},
                ":first": {"N": str(first)},
                ":last": {"N": str(last)},
            },
        }

    def _pages(self, request: Dict[str, Any], limit: Optional[int]) -> Iterator[Tuple[List[Item], bool]]:
        """The pages of a query, and of each whether there may be more."""
        request = dict(request)
        while limit is None or limit > 0:
            if limit is not None:
                request["Limit"] = limit
            page = answer_of(self._environment, self._client.query, **request)
            items = page["Items"]
            self._remember(items)
            yield items, "LastEvaluatedKey" in page
            if "LastEvaluatedKey" not in page:
                return
            if limit is not None:
                limit -= len(items)
            request["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def _remember(self, items: List[Item]) -> None:
        if items:
            try:
                latest = max(items[0], items[-1], key=version_in)
            except InvalidEvent:
                return  # whoever needs these events finds out
            self._known.saw(latest["pk"]["S"], version_in(latest), latest.get("type", {}).get("S") == DELETED)
