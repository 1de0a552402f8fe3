"""What the library uses of boto3, and how its clients are made."""

from __future__ import annotations

import os
from typing import Any, Optional, Protocol, Tuple

LOCAL_ENDPOINT = "http://localhost:8000"


class DynamoDbClient(Protocol):
    """`boto3.client("dynamodb")`, or anything with these methods. Thread safety: as boto3's
    clients, which any thread may call."""

    def put_item(self, *args: Any, **kwargs: Any) -> Any: ...
    def get_item(self, *args: Any, **kwargs: Any) -> Any: ...
    def update_item(self, *args: Any, **kwargs: Any) -> Any: ...
    def delete_item(self, *args: Any, **kwargs: Any) -> Any: ...
    def query(self, *args: Any, **kwargs: Any) -> Any: ...
    def scan(self, *args: Any, **kwargs: Any) -> Any: ...
    def transact_write_items(self, *args: Any, **kwargs: Any) -> Any: ...
    def describe_table(self, *args: Any, **kwargs: Any) -> Any: ...


class StreamsClient(Protocol):
    """`boto3.client("dynamodbstreams")`."""

    def describe_stream(self, *args: Any, **kwargs: Any) -> Any: ...
    def get_shard_iterator(self, *args: Any, **kwargs: Any) -> Any: ...
    def get_records(self, *args: Any, **kwargs: Any) -> Any: ...


class EventBridgeClient(Protocol):
    """`boto3.client("events")`."""

    def put_events(self, *args: Any, **kwargs: Any) -> Any: ...


def connect(service: str, stage: Optional[str] = None, endpoint_url: Optional[str] = None, **options: Any) -> Any:
    """A boto3 client of a service: "dynamodb", "dynamodbstreams" or "events".

    The endpoint is `endpoint_url`, or what the environment names, or for the stage "local" the
    offline cloud at port 8000, or AWS. The offline cloud accepts any region and any credentials, so
    these have defaults there."""
    import boto3

    endpoint, is_local = _endpoint(service, stage, endpoint_url)
    if is_local:
        region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"
        options = {"region_name": region, **options}
        if not os.environ.get("AWS_ACCESS_KEY_ID"):
            options = {"aws_access_key_id": "local", "aws_secret_access_key": "local", **options}
    return boto3.client(service, endpoint_url=endpoint, **options)


def _endpoint(service: str, stage: Optional[str], endpoint_url: Optional[str]) -> Tuple[Optional[str], bool]:
    # boto3 before 1.28 does not look at these variables itself.
    variable = {"dynamodbstreams": "DYNAMODB_STREAMS", "events": "EVENTBRIDGE"}.get(service, service.upper())
    configured = (
        endpoint_url or os.environ.get(f"AWS_ENDPOINT_URL_{variable}") or os.environ.get("AWS_ENDPOINT_URL") or None
    )
    if configured is None and stage == "local":
        return LOCAL_ENDPOINT, True
    return configured, configured is not None and stage == "local"
