"""Reads a whole log by scans of its table, which cost a read of every event.

A scan gives the items of one partition key together, in the order of their versions. So each stream
is in order, while the order of streams means nothing.
"""

from __future__ import annotations

import concurrent.futures
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Set

from .attributes import Item
from .clients import DynamoDbClient
from .environment import Environment
from .errors import InvalidArgument
from .event_items import has_version, version_in
from .names import DELETED, STREAM_END, parse_stream_key
from .retries import answer_of

MOST_SEGMENTS = 1000  # of ours; DynamoDB allows a million


class Stream(NamedTuple):
    """A stream of events, and how far it goes."""

    log: str
    id: str
    version: int
    is_deleted: bool


class WholeLog:
    """Thread safety: any thread may call any method."""

    def __init__(self, client: DynamoDbClient, table: str, environment: Environment) -> None:
        self._client = client
        self._environment = environment
        self._table = table

    def items(self, log: Optional[str], segments: int, consistent: bool = True) -> Iterator[Item]:
        """All events' items, of one log or of all, read by `segments` threads. At most one page (1
        MB) of each segment is in memory."""
        return self._scan(self._request(log, consistent), segments)

    def streams(self, log: Optional[str]) -> Iterator[Stream]:
        """The streams, each once. Items whose sort key is not a version are skipped."""
        request = self._request(log, True)
        request["ProjectionExpression"] = "pk, sk, #type"
        request["ExpressionAttributeNames"] = {"#type": "type"}
        last: Optional[Stream] = None
        for item in self._scan(request, 1):
            name = parse_stream_key(item["pk"]["S"])
            if name is None or not has_version(item):
                continue
            if last is not None and (last.log, last.id) != name:
                yield last
            last = Stream(*name, version_in(item), item.get("type", {}).get("S") == DELETED)
        if last is not None:
            yield last

    def logs(self) -> List[str]:
        """The names of the logs, sorted."""
        names: Set[str] = {stream.log for stream in self.streams(None)}
        return sorted(names)

    def _request(self, log: Optional[str], consistent: bool) -> Dict[str, Any]:
        request: Dict[str, Any] = {"TableName": self._table, "ConsistentRead": consistent}
        if log is not None:
            request["FilterExpression"] = "begins_with(pk, :log)"
            request["ExpressionAttributeValues"] = {":log": {"S": f"{log}#"}}
        return request

    def _page(self, request: Dict[str, Any]) -> Dict[str, Any]:
        answer: Dict[str, Any] = answer_of(self._environment, self._client.scan, **request)
        return answer

    def _scan(self, request: Dict[str, Any], segments: int) -> Iterator[Item]:
        if not 1 <= segments <= MOST_SEGMENTS:
            raise InvalidArgument(f"A scan has 1 to {MOST_SEGMENTS} segments, not {segments}.")
        with concurrent.futures.ThreadPoolExecutor(segments, "dynamodb-log-scan") as threads:
            requests = [{**request, "Segment": segment, "TotalSegments": segments} for segment in range(segments)]
            running = {threads.submit(self._page, one): one for one in requests}
            while running:
                done, _ = concurrent.futures.wait(running, return_when=concurrent.futures.FIRST_COMPLETED)
                for page in done:
                    one, answer = running.pop(page), page.result()
                    if "LastEvaluatedKey" in answer:
                        one = {**one, "ExclusiveStartKey": answer["LastEvaluatedKey"]}
                        running[threads.submit(self._page, one)] = one
                    yield from (item for item in answer["Items"] if item["pk"]["S"].endswith(STREAM_END))
