"""Python values as DynamoDB's attribute values, and back.

  str S · int, Decimal N · bytes B · bool BOOL · None NULL
  dict M · list, tuple L · set SS, NS, BS

A number that is read is a Decimal and keeps every digit. A float is refused, as boto3 does: it has
lost digits already.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Dict, Iterable, Mapping

from .errors import InvalidArgument, InvalidEvent
from .limits import ATTRIBUTE_DEPTH, NUMBER_DIGITS

Attribute = Dict[str, Any]  # {"S": "Ada"}
Item = Dict[str, Attribute]

LARGEST_EXPONENT = 125
SMALLEST_EXPONENT = -130


def to_attribute(value: object, where: str = "the value", depth: int = 1) -> Attribute:
    """The attribute of a value. `where` names it in errors, `depth` is its level in an item's
    attribute. Raises InvalidArgument for what DynamoDB cannot hold."""
    if depth > ATTRIBUTE_DEPTH and isinstance(value, (Mapping, list, tuple)):
        raise InvalidArgument(f"{where} nests deeper than {ATTRIBUTE_DEPTH} levels.", "depth")
    if value is None:
        return {"NULL": True}
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, (int, Decimal)):
        return {"N": number_text(value, where)}
    if isinstance(value, (bytes, bytearray)):
        return {"B": bytes(value)}
    if isinstance(value, Mapping):
        return {"M": to_item(value, where, depth + 1)}
    if isinstance(value, (list, tuple)):
        return {"L": [to_attribute(one, f"{where}[{index}]", depth + 1) for index, one in enumerate(value)]}
    if isinstance(value, (set, frozenset)):
        return _set_attribute(value, where)
    if isinstance(value, float):
        raise InvalidArgument(f"{where} is a float, which may have lost digits. Use decimal.Decimal.", "number")
    raise InvalidArgument(f"{where} is of type {type(value).__name__}, which DynamoDB cannot hold.", "value")


def to_item(values: Mapping[Any, object], where: str = "the item", depth: int = 1) -> Item:
    """The attributes of a dict, by name."""
    for name in values:
        if not isinstance(name, str):
            raise InvalidArgument(f"{where} has the name {name!r}, which is not a str.", "value")
    return {name: to_attribute(value, f"{where}.{name}", depth) for name, value in values.items()}


def _set_attribute(value: Iterable[object], where: str) -> Attribute:
    members = [to_attribute(member, where) for member in value]
    kinds = {next(iter(member)) for member in members}
    if len(kinds) != 1 or not kinds <= {"S", "N", "B"}:
        raise InvalidArgument(f"{where} is a set: of str, of numbers or of bytes, and not empty.", "value")
    kind = kinds.pop()
    return {kind + "S": sorted(member[kind] for member in members)}


def number_text(number: Any, where: str = "the value") -> str:
    """A number as DynamoDB's text. Raises InvalidArgument if DynamoDB would not keep every
    digit."""
    decimal = Decimal(number)
    if not decimal.is_finite():
        raise InvalidArgument(f"{where} is {decimal}, which is not a number that DynamoDB can hold.", "number")
    _, digits, exponent = decimal.as_tuple()
    significant = "".join(map(str, digits)).strip("0")
    if len(significant) > NUMBER_DIGITS:
        raise InvalidArgument(f"{where} has {len(significant)} digits, and DynamoDB keeps {NUMBER_DIGITS}.", "digits")
    if significant and not SMALLEST_EXPONENT <= decimal.adjusted() <= LARGEST_EXPONENT:
        raise InvalidArgument(f"{where} is not between 1E{SMALLEST_EXPONENT} and 1E{LARGEST_EXPONENT + 1}.", "number")
    return str(decimal)


def from_attribute(attribute: Mapping[str, Any]) -> Any:
    """The value of an attribute. Raises InvalidEvent if it is none."""
    if len(attribute) == 1:
        ((kind, value),) = attribute.items()
        if kind in ("S", "BOOL"):
            return value
        if kind == "N":
            return Decimal(value)
        if kind == "M":
            return from_item(value)
        if kind == "L":
            return [from_attribute(one) for one in value]
        if kind == "NULL":
            return None
        if kind == "B":
            return bytes(value)
        if kind == "SS":
            return set(value)
        if kind == "NS":
            return {Decimal(one) for one in value}
        if kind == "BS":
            return {bytes(one) for one in value}
    raise InvalidEvent(f"Not a DynamoDB attribute: {list(attribute)!r}.")


def from_item(item: Mapping[str, Mapping[str, Any]]) -> Dict[str, Any]:
    """The values of an item's attributes, by name."""
    return {name: from_attribute(attribute) for name, attribute in item.items()}


def item_size(item: Mapping[str, Mapping[str, Any]]) -> int:
    """The size of an item in bytes, as DynamoDB counts it.

    Source:
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
    """
    return sum(len(name.encode()) + attribute_size(attribute) for name, attribute in item.items())


def attribute_size(attribute: Mapping[str, Any]) -> int:
    """The size of an attribute value in bytes."""
    ((kind, value),) = attribute.items()
    if kind == "S":
        return len(value.encode())
    if kind == "N":
        return _number_size(value)
    if kind == "B":
        return len(value)
    if kind in ("BOOL", "NULL"):
        return 1
    if kind == "M":
        return 3 + item_size(value) + len(value)
    if kind == "L":
        return 3 + sum(1 + attribute_size(one) for one in value)
    return sum(attribute_size({kind[0]: one}) for one in value)


def _number_size(text: str) -> int:
    decimal = Decimal(text)
    digits = "".join(map(str, decimal.as_tuple().digits)).strip("0")
    return (len(digits) + 1) // 2 + 1 + (1 if decimal < 0 else 0)
