"""DynamoDB's attributes as plain JSON text in which numbers keep every digit: {"N": "1.50"} becomes
1.50."""

from __future__ import annotations

import json
import re
from typing import Any, List, Mapping

from .errors import InvalidEvent

JSON_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
DEEPEST = 64  # levels; DynamoDB allows 32

text_of = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def json_of_attributes(attributes: Mapping[str, Any], depth: int = 0) -> str:
    """An object, by the attributes' names. B is base64 text, as in a function's event. Raises
    InvalidEvent."""
    members = (f"{text_of(name)}:{json_of_attribute(value, depth + 1)}" for name, value in attributes.items())
    return "{" + ",".join(members) + "}"


def json_of_attribute(attribute: Any, depth: int = 0) -> str:
    if not isinstance(attribute, Mapping) or len(attribute) != 1 or depth > DEEPEST:
        raise InvalidEvent("Not a DynamoDB attribute: not exactly one type, or nested too deeply.")
    ((kind, value),) = attribute.items()
    if kind in ("S", "B"):
        return text_of(_checked(value, str, kind))
    if kind == "N":
        return _number(value)
    if kind == "BOOL":
        return text_of(_checked(value, bool, kind))
    if kind == "NULL":
        return "null"
    if kind == "M":
        return json_of_attributes(_checked(value, dict, kind), depth)
    if kind == "L":
        return _array([json_of_attribute(one, depth + 1) for one in _checked(value, list, kind)])
    if kind in ("SS", "BS"):
        return _array([text_of(_checked(one, str, kind)) for one in _checked(value, list, kind)])
    if kind == "NS":
        return _array([_number(one) for one in _checked(value, list, kind)])
    raise InvalidEvent(f"Not a DynamoDB attribute: unknown type {str(kind)[:20]}.")


def _array(texts: List[str]) -> str:
    return "[" + ",".join(texts) + "]"


def _number(text: Any) -> str:
    if not isinstance(text, str) or not JSON_NUMBER.fullmatch(text):
        raise InvalidEvent(f"Not a DynamoDB attribute: {str(text)[:60]!r} is not a number.")
    return text


def _checked(value: Any, type: type, kind: str) -> Any:
    if not isinstance(value, type):
        raise InvalidEvent(f"Not a DynamoDB attribute: {kind} does not hold a {type.__name__}.")
    return value
