"""Read models: items that are derived from the events of one stream, while events are applied to
them.

The main item has pk = sk = `<log>#<id>` (`v2/<log>#<id>` in the generation "v2"), `type`, `id`,
`version` (N, of the last event in it), and what the appliers set. A stream can have more items,
with the same pk and other sort keys. All are written in one transaction, on condition that the main
item's version is still what was read.
"""

from __future__ import annotations

import dataclasses
from typing import Any, Callable, Dict, Iterator, MutableMapping, Optional, Set

from .attributes import Attribute, Item, from_item, to_attribute
from .errors import InvalidArgument

KEY_ATTRIBUTES = ("pk", "sk")
MAIN_ATTRIBUTES = KEY_ATTRIBUTES + ("type", "id", "version")


class ReadModel(MutableMapping[str, Any]):
    """The attributes of one item, by name. What an applier sets is written when all events are
    applied. The library itself sets pk, sk, and in the main item type, id and version: these cannot
    be set here."""

    def __init__(self, attributes: Item, own: "tuple[str, ...]", more: Callable[[str], ReadModel]) -> None:
        self._values = from_item(attributes)
        self._own = own
        self._more = more
        self.changed: Set[str] = set()
        self.is_new = not attributes
        self.is_deleted = False

    @property
    def is_to_write(self) -> bool:
        """Whether there is anything to write: an item that was made and removed again is nothing."""
        return not self.is_new if self.is_deleted else bool(self.changed)

    def more(self, sk: str) -> ReadModel:
        """Another item of the same stream, by its sort key; it is read when it is asked for
        first."""
        return self._more(sk)

    def delete(self) -> None:
        """Removes the item, unless an attribute is set again. The main item cannot be removed: it
        has the version."""
        if "version" in self._own:
            raise InvalidArgument("The main item of a read model keeps the version and cannot be removed.")
        for name in list(self):
            if name not in self._own:
                del self[name]
        self.is_deleted = True

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __setitem__(self, name: str, value: Any) -> None:
        self._refuse_own(name)
        self._values[name] = value
        self.changed.add(name)
        self.is_deleted = False

    def __delitem__(self, name: str) -> None:
        self._refuse_own(name)
        del self._values[name]
        self.changed.add(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def _refuse_own(self, name: str) -> None:
        if name in self._own:
            raise InvalidArgument(f'The attribute "{name}" of a read model is set by the library.')


@dataclasses.dataclass
class Update:
    """The parts of an UpdateItem request that sets and removes attributes."""

    names: Dict[str, str] = dataclasses.field(default_factory=dict)
    values: Dict[str, Attribute] = dataclasses.field(default_factory=dict)
    sets: "list[str]" = dataclasses.field(default_factory=list)
    removes: "list[str]" = dataclasses.field(default_factory=list)

    def set(self, name: str, value: object) -> None:
        index = len(self.names)
        self.names[f"#a{index}"] = name
        self.values[f":a{index}"] = to_attribute(value, name)
        self.sets.append(f"#a{index} = :a{index}")

    def remove(self, name: str) -> None:
        index = len(self.names)
        self.names[f"#a{index}"] = name
        self.removes.append(f"#a{index}")

    def add_changes(self, model: ReadModel) -> None:
        for name in sorted(model.changed):
            if name in model:
                self.set(name, model[name])
            else:
                self.remove(name)

    def request(self, table: str, key: Item, condition: Optional[str] = None) -> Dict[str, Any]:
        expression = [f"SET {', '.join(self.sets)}"] if self.sets else []
        expression += [f"REMOVE {', '.join(self.removes)}"] if self.removes else []
        request: Dict[str, Any] = {"TableName": table, "Key": key}
        if expression:
            request["UpdateExpression"] = " ".join(expression)
        if condition:
            request["ConditionExpression"] = condition
        if self.names:
            request["ExpressionAttributeNames"] = self.names
        if self.values:
            request["ExpressionAttributeValues"] = self.values
        return request
