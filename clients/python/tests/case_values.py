"""What stands in a case for values that JSON lacks (clients/cases/README.md)."""

import base64
from decimal import Decimal


def expanded(events):
    """The events, with {"$events": [100, event]} in full."""
    for event in events:
        if not isinstance(event, dict) or event.keys() != {"$events"}:
            yield event
            continue
        count, template = event["$events"]
        for number in range(1, count + 1):
            one = with_number(template, str(number))
            yield dict(one, version=number) if "version" in template else one


def with_number(value, number):
    if isinstance(value, str):
        return value.replace("%", number)
    if isinstance(value, dict):
        return {name: with_number(one, number) for name, one in value.items()}
    if isinstance(value, list):
        return [with_number(one, number) for one in value]
    return value


def nested(depth):
    value = []
    for _ in range(depth - 1):
        value = [value]
    return value


STAND_INS = {
    "$decimal": Decimal,
    "$binary": base64.b64decode,
    "$strings": set,
    "$numbers": lambda texts: set(map(Decimal, texts)),
    "$repeat": lambda of: of[0] * of[1],
    "$depth": nested,
}


def value_of(value):
    """A value of a case, with what stands for values that JSON lacks."""
    if isinstance(value, dict):
        if len(value) == 1:
            ((name, argument),) = value.items()
            if name in STAND_INS:
                return STAND_INS[name](argument)
        return {name: value_of(one) for name, one in value.items()}
    if isinstance(value, list):
        return [value_of(one) for one in expanded(value)]
    return value
