"""What the library uses of boto3's clients, and how clients are made."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Optional, Protocol, Tuple

if TYPE_CHECKING:
    from .light_client import LightClient

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
    """A client of a service: "dynamodb", "dynamodbstreams" or "events".

    The endpoint is `endpoint_url`, or what the environment names, or for the stage "local" the
    offline cloud at port 8000, or AWS. The offline cloud accepts any region and any credentials, so
    these have defaults there.

    For "dynamodb" it is a light client, in a Lambda function, and where the environment names the
    endpoint, the region and the credentials. It is boto3's in all other cases: for the other
    services, with `options` (those of `boto3.client`), and where a proxy is configured."""
    endpoint, is_local = _endpoint(service, stage, endpoint_url)
    if service == "dynamodb" and not options:
        light = _light_client(endpoint, is_local)
        if light:
            return light
    import boto3

    if is_local:
        region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"
        options = {"region_name": region, **options}
        if not os.environ.get("AWS_ACCESS_KEY_ID"):
            options = {"aws_access_key_id": "local", "aws_secret_access_key": "local", **options}
    return boto3.client(service, endpoint_url=endpoint, **options)


def _light_client(endpoint: Optional[str], is_local: bool) -> Optional[LightClient]:
    """None: boto3's client is the one to use."""
    from . import places
    from .light_client import LightClient

    if places.has_proxy(endpoint):
        return None
    place = places.place_of_environment(endpoint, is_local)
    if place is None and places.is_function():
        place = places.place_of_sdk(endpoint)
    return LightClient(place) if place else None


def _endpoint(service: str, stage: Optional[str], endpoint_url: Optional[str]) -> Tuple[Optional[str], bool]:
    # boto3 before 1.28 does not look at these variables itself.
    variable = {"dynamodbstreams": "DYNAMODB_STREAMS", "events": "EVENTBRIDGE"}.get(service, service.upper())
    configured = (
        endpoint_url or os.environ.get(f"AWS_ENDPOINT_URL_{variable}") or os.environ.get("AWS_ENDPOINT_URL") or None
    )
    if configured is None and stage == "local":
        return LOCAL_ENDPOINT, True
    return configured, configured is not None and stage == "local"
