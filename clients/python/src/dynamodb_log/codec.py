"""Codecs: what payloads look like in the table. `GzipCodec` is an example, ready to use.

A codec changes payloads just before they are written and just after they are read. It can compress
or encrypt them. The payload's `id` stays as it is, because the format needs it: the library adds it
to what a codec returns.
"""

from __future__ import annotations

import dataclasses
import json
from decimal import Decimal
from typing import Any, Dict, Mapping, Protocol


@dataclasses.dataclass(frozen=True)
class PayloadPlace:
    """Where a payload belongs; an encryption can authenticate it."""

    log: str
    id: str
    type: str


class Codec(Protocol):
    """Thread safety: both methods may be called from any thread. What they raise is raised to the
    caller."""

    def encode(self, payload: Mapping[str, Any], place: PayloadPlace) -> Mapping[str, Any]:
        """What is written for a payload: a dict of what DynamoDB can hold."""

    def decode(self, payload: Mapping[str, Any], place: PayloadPlace) -> Mapping[str, Any]:
        """The payload of what was written. Payloads from before there was a codec come here as
        well."""


class GzipCodec:
    """Stores payloads as gzipped JSON, if that is smaller: {"id", "gzip": bytes}. Numbers keep
    every digit. Payloads that JSON cannot hold (bytes, sets) stay as they are.

    `least_bytes`: a payload whose JSON is smaller stays as it is.
    """

    def __init__(self, least_bytes: int = 1024) -> None:
        self._least_bytes = least_bytes

    def encode(self, payload: Mapping[str, Any], place: PayloadPlace) -> Mapping[str, Any]:
        try:
            text = json.dumps(_with_number_texts(payload), ensure_ascii=False, separators=(",", ":")).encode()
        except TypeError:
            return payload
        if len(text) < self._least_bytes:
            return payload
        import gzip

        packed = gzip.compress(text, mtime=0)
        return {"gzip": packed} if len(packed) < len(text) else payload

    def decode(self, payload: Mapping[str, Any], place: PayloadPlace) -> Mapping[str, Any]:
        packed = payload.get("gzip")
        if not isinstance(packed, bytes):
            return payload
        import gzip

        decoded: Dict[str, Any] = json.loads(gzip.decompress(packed), object_hook=_without_number_texts)
        return decoded


def _with_number_texts(value: Any) -> Any:
    """JSON's own numbers would lose digits: a number becomes {"$number": "1.50"}."""
    if isinstance(value, bool):
        return value
    if isinstance(value, (int, Decimal)):
        return {"$number": str(value)}
    if isinstance(value, Mapping):
        return {name: _with_number_texts(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_with_number_texts(one) for one in value]
    return value


def _without_number_texts(value: Dict[str, Any]) -> Any:
    return Decimal(value["$number"]) if value.keys() == {"$number"} else value
